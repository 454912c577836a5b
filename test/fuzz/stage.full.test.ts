import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { Random } from '../captures/random.ts';
import { readCapture } from '../captures/readCapture.ts';
import { fuzzStage, type StagePacket } from './stageRun.ts';
import { stageTalks } from './stageTalks.ts';

const captures = join(import.meta.dirname, '../../../shared/pcaps');
/** Octets of each capture that are taken, and packets of a talk. */
const MOST_OCTETS = 2 << 20;
const TALK = 40;
const MOST_LINE = 600_000;
/** What the heap may differ by between two moments when nothing is looked at. */
const SLACK = 8 << 20;

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

function realTalks(): StagePacket[][] {
  const talks: StagePacket[][] = [];
  for (const name of readdirSync(captures).toSorted()) {
    const { packets } = readCapture(new Uint8Array(readFileSync(join(captures, name)).subarray(0, MOST_OCTETS)));
    for (let at = 0; at < packets.length; at += TALK) talks.push(packets.slice(at, at + TALK));
  }
  return talks;
}

test('a long run of damaged talks: no growth', { timeout: 600_000 }, async () => {
  const talks = stageTalks();
  await fuzzStage(talks, new Random(1), 4000);
  const before = heap();
  const run = await fuzzStage(talks, new Random(2), 40_000);
  expect(run.badLine).toBe('');
  expect(run.left).toEqual({ watched: 0, heldOctets: 0 });
  expect(run.longest).toBeLessThan(MOST_LINE);
  expect(heap() - before).toBeLessThan(SLACK);
});

test('damaged captures of others', { timeout: 600_000 }, async (ctx) => {
  if (!existsSync(captures)) ctx.skip('not in CI: the captures lie beside the checkout');
  const run = await fuzzStage(realTalks(), new Random(3), 20_000);
  expect(run.badLine).toBe('');
  expect(run.left).toEqual({ watched: 0, heldOctets: 0 });
  expect(run.longest).toBeLessThan(MOST_LINE);
  expect(run.entered.length).toBeGreaterThan(7);
});
