import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import type { PacketBatch } from '../../core/packet/batch.ts';
import { compileToFunction } from '../../core/packet/bpf/compiled.ts';
import type { BpfProgram } from '../../core/packet/bpf/program.ts';
import { AppError } from '../../runtime/error.ts';
import { PacketFilter } from '../../sensor/capture/filter.ts';
import { compileFilter } from '../../sensor/capture/libpcap/compile.ts';
import type { Libpcap } from '../../sensor/capture/libpcap/library.ts';
import { OfflineFilter } from '../../sensor/capture/libpcap/offlineFilter.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { Random } from '../captures/random.ts';
import { readBatch } from './captureReader.ts';
import { makeExpression } from './expressions.ts';
import { needLibpcap } from './needLibpcap.ts';
import { look, type Sights } from './sights.ts';

const expressionCount = 500;
/** Captures that each expression is tried on, beside the one that it was drawn from. */
const otherCaptures = 2;
const packetsOfCapture = 4000;
const given = fileURLToPath(new URL('../../../shared/pcaps', import.meta.url));

interface Capture {
  name: string;
  batch: PacketBatch;
  sights: Sights;
}

/** Captures as [name, bytes]: those that were given, where they are, and some made in code. */
function captureFiles(): (readonly [string, Uint8Array])[] {
  const files = existsSync(given)
    ? readdirSync(given)
        .filter((name) => name !== 'README.md')
        .map((name) => [name, new Uint8Array(readFileSync(join(given, name)))] as const)
    : [];
  const made = [1, 2, 3].map((seed) => [`mixed ${seed}`, makeMixedCapture({ seed, flows: 300 }).pcap()] as const);
  return [...files, ...made];
}

async function loadCaptures(): Promise<Capture[]> {
  const captures: Capture[] = [];
  for (const [name, bytes] of captureFiles()) {
    const batch = await readBatch(bytes, packetsOfCapture);
    if (batch.count > 0) captures.push({ name, batch, sights: look(batch) });
  }
  return captures;
}

/** A program for each link type of a capture; those that libpcap refuses are absent. */
function compileAll(library: Libpcap, expression: string, capture: Capture): Map<number, BpfProgram> {
  const programs = new Map<number, BpfProgram>();
  for (const linkType of new Set(capture.batch.linkType)) {
    try {
      programs.set(linkType, compileFilter(expression, linkType, { library }));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'filter.syntax') throw error;
    }
  }
  return programs;
}

/** Compares every packet of a capture; answers with how many were selected, of how many. */
function compare(library: Libpcap, expression: string, capture: Capture): { selected: number; compared: number } {
  const { batch } = capture;
  let selected = 0;
  let compared = 0;
  for (const [linkType, program] of compileAll(library, expression, capture)) {
    const run = compileToFunction(program);
    const judge = new OfflineFilter(library, program);
    for (let i = 0; i < batch.count; i++) {
      if (batch.linkType[i] !== linkType) continue;
      const offset = batch.offset[i]!;
      const caplen = batch.caplen[i]!;
      const len = batch.len[i]!;
      const ours = run(batch.bytes, batch.view, offset, caplen, len);
      const theirs = judge.run(batch.bytes.subarray(offset, offset + caplen), len);
      if (ours !== theirs) {
        throw new Error(`${capture.name}, packet ${i}, "${expression}": ${ours}, libpcap ${theirs}`);
      }
      compared++;
      if (ours !== 0) selected++;
    }
  }
  return { selected, compared };
}

test('the compiled function and libpcap agree on generated expressions over all captures', async (context) => {
  const library = needLibpcap(context);
  const captures = await loadCaptures();
  const random = new Random(20);
  const expressions = new Set<string>();
  const totals = { pairs: 0, telling: 0, refused: 0, packets: 0 };
  while (expressions.size < expressionCount) {
    const home = captures[expressions.size % captures.length]!;
    const expression = makeExpression(random, home.sights);
    if (expressions.has(expression)) continue;
    const others = Array.from({ length: otherCaptures }, () => random.pick(captures));
    // An expression that its own capture's link type has no meaning for is not one of the five hundred.
    if (compileAll(library, expression, home).size === 0) {
      totals.refused++;
      continue;
    }
    expressions.add(expression);
    for (const capture of new Set([home, ...others])) {
      const { selected, compared } = compare(library, expression, capture);
      totals.packets += compared;
      totals.pairs++;
      if (selected > 0 && selected < compared) totals.telling++;
    }
  }
  process.stdout.write(`bpf agreement: ${JSON.stringify(totals)}, ${captures.length} captures\n`);
  expect(totals.telling / totals.pairs).toBeGreaterThanOrEqual(1 / 3);
  expect(totals.refused).toBeLessThan(expressionCount / 4);
});

/** How many packets tcpdump selects, or why it can't tell. */
function tcpdumpCount(file: Uint8Array, expression: string): number | string {
  const command = ['-Z', 'root', '-n', '-r', '-', '--count', expression];
  const { status, stdout, stderr, error } = spawnSync('tcpdump', command, { input: file, encoding: 'utf8' });
  if (error !== undefined) return error.message;
  const count = /^(\d+) packets?$/m.exec(stdout);
  return status === 0 && count !== null ? Number(count[1]) : stderr;
}

test('a filter selects as many packets of a file as tcpdump does', async (context) => {
  const library = needLibpcap(context);
  const files = captureFiles();
  const works = tcpdumpCount(files.at(-1)![1], '');
  if (typeof works === 'string') {
    const why = `tcpdump with --count is missing: ${works}`;
    if (process.env['CI']) throw new Error(why);
    context.skip(why);
  }
  const random = new Random(21);
  let compared = 0;
  for (const [name, bytes] of files) {
    const batch = await readBatch(bytes, Infinity);
    if (batch.count === 0) continue;
    const sights = look(batch);
    for (let n = 0; n < 4; n++) {
      const expression = makeExpression(random, sights);
      const theirs = tcpdumpCount(bytes, expression);
      // Refused by libpcap, damaged, or of several link types, which tcpdump does not read.
      if (typeof theirs === 'string') continue;
      const filter = new PacketFilter(expression, library);
      let ours = 0;
      for (let i = 0; i < batch.count; i++) if (filter.accept(batch, i)) ours++;
      expect(`${name}, ${expression}: ${ours}`).toBe(`${name}, ${expression}: ${theirs}`);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(2 * files.length);
});
