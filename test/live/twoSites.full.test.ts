import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import { decodeHll } from '../../core/sketch/hll/hllCodec.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { Answer } from '../../proto/api.ts';
import type { RouteName } from '../../proto/routes.ts';
import { Deployment } from '../support/deployment.ts';
import { needNamespaces, send } from '../support/live.ts';
import { createPair } from '../support/namespaces.ts';
import { pcapOf } from '../support/pcapBytes.ts';
import { siteTraffic, truthOf } from './siteTraffic.ts';
import type { Truth } from './siteTraffic.ts';

const picket = fileURLToPath(new URL('../../cli/picket', import.meta.url));
const SEED = '000102030405060708090a0b0c0d0e0f';
const RATE = 6000;
/** Standard error of a merged HLL sketch. */
const SIGMA = 0.016234;

type Question = <Shape>(name: RouteName, more?: Record<string, string | string[]>) => Promise<Shape>;

interface Outcome {
  question: Question;
  kernelDrops: number;
  sent: [number, number];
}

/** Sends both sites' frames in step through two real rings; `check` asks while the manager runs. */
async function run(
  traffic: { a: Uint8Array[]; b: Uint8Array[] },
  check: (outcome: Outcome, deployment: Deployment) => Promise<void>,
): Promise<void> {
  const pairs = [createPair('a'), createPair('b')];
  const deployment = await Deployment.start();
  try {
    const env = { PICKET_SEED: SEED, PICKET_WINDOW_SECONDS: '1' };
    const sensors = await Promise.all(
      pairs.map(({ b }, i) => deployment.startSensor(b, ['vb'], env, i === 0 ? 'a/one' : 'b/one')),
    );
    const files = [traffic.a, traffic.b].map((frames, i) => {
      const file = join(deployment.directory, `site${i}.pcap`);
      writeFileSync(file, pcapOf(frames));
      return file;
    });
    const from = Math.floor(Date.now() / 1000);
    const at = Date.now() + 3000;
    const sent = await Promise.all(
      pairs.map(({ a }, i) =>
        send(a, {
          interface: 'va',
          pattern: `pcap:${files[i]}`,
          count: (i === 0 ? traffic.a : traffic.b).length,
          rate: RATE,
          seconds: 120,
          at,
        }),
      ),
    );
    await setTimeout(1500);
    for (const sensor of sensors) await sensor.stop();
    const to = Math.ceil(Date.now() / 1000) + 5;
    const question: Question = (name, more = {}) =>
      ask([{ kind: 'unix', path: deployment.socket }], name, { from: String(from), to: String(to), ...more });
    const { coverage } = await question<Answer<'total'>>('total');
    await check({ question, kernelDrops: coverage.packets.kernel, sent: [sent[0] ?? 0, sent[1] ?? 0] }, deployment);
  } finally {
    await deployment.stop();
    for (const pair of pairs) pair.remove();
  }
}

test('two sites of 20,000 hosts each: one honest answer', { timeout: 300_000 }, async (context) => {
  needNamespaces(context);
  const traffic = siteTraffic(4);
  const [truthA, truthB] = [truthOf(traffic.a), truthOf(traffic.b)];
  const truth = truthOf([...traffic.a, ...traffic.b]);
  await run(traffic, async ({ question, kernelDrops, sent }, deployment) => {
    expect({ sent, kernelDrops }).toEqual({ sent: [traffic.a.length, traffic.b.length], kernelDrops: 0 });
    await expectDistinct(question, truth, truthA, truthB);
    await expectLists(question, truth);
    await expectOnce(question, traffic.total, truth, truthA, truthB);
    await expectOneSensor(question, traffic, deployment);
  });
});

async function expectDistinct(question: Question, truth: Truth, a: Truth, b: Truth): Promise<void> {
  for (const [what, set] of Object.entries(truth.distinct)) {
    const { value } = await question<Answer<'distinct'>>('distinct', { what });
    expect(Math.abs(value.estimate - set.size) / set.size, what).toBeLessThan(3 * SIGMA);
  }
  const hosts = truth.distinct.hosts.size;
  const sum = a.distinct.hosts.size + b.distinct.hosts.size;
  const { value } = await question<Answer<'distinct'>>('distinct', { what: 'hosts' });
  expect(value.lower).toBeLessThanOrEqual(hosts);
  expect(value.upper).toBeGreaterThanOrEqual(hosts);
  expect(value.upper).toBeLessThan(sum * 0.95);
}

async function expectLists(question: Question, truth: Truth): Promise<void> {
  for (const what of ['hosts', 'sources', 'destinations', 'pairs'] as const) {
    const { rows } = await question<Answer<'top'>>('top', { what, limit: '1000' });
    const list = truth.top[what];
    for (const { key, packets, octets, error } of rows) {
      const known = list.get(key);
      expect(known, `${what} ${key}`).toBeDefined();
      expect(Math.abs(octets - (known?.octets ?? 0)), `${what} ${key}`).toBeLessThanOrEqual(error.octets);
      expect(Math.abs(packets - (known?.packets ?? 0)), `${what} ${key}`).toBeLessThanOrEqual(error.packets);
      expect(error.octets, `${what} ${key}`).toBeLessThanOrEqual(truth.octets / 256);
    }
    const listed = new Set(rows.map(({ key }) => key));
    for (const [key, { octets }] of list)
      if (octets > truth.octets / 64) expect(listed, `${what} ${key}`).toContain(key);
  }
}

async function expectOnce(question: Question, total: number, truth: Truth, a: Truth, b: Truth): Promise<void> {
  const { value } = await question<Answer<'total'>>('total', { dedup: 'true' });
  expect(value.octets).toBe(truth.octets);
  expect(value.octets).toBeGreaterThan(total * 1.2);
  const once = value.dedup?.octets;
  expect(Math.abs((once?.estimate ?? 0) - total) / total).toBeLessThan(0.125);
  const overlap = await question<Answer<'overlap'>>('overlap', { a: 'a', b: 'b' });
  const shared = [...a.distinct.hosts].filter((host) => b.distinct.hosts.has(host)).length;
  const { hosts } = overlap.value;
  expect(Math.abs(hosts.overlap.estimate - shared) / shared).toBeLessThan(0.2);
  expect(hosts.overlap.lower).toBeLessThanOrEqual(shared);
  expect(hosts.overlap.upper).toBeGreaterThanOrEqual(shared);
  let crossed = 0;
  for (const [flow, octets] of a.flows) crossed += Math.min(octets, b.flows.get(flow) ?? 0);
  const { octets } = overlap.value;
  // Its bounds are two standard errors of a sample that differs from run to run: four are never passed.
  const error = Math.max(
    octets.overlap.upper - octets.overlap.estimate,
    octets.overlap.estimate - octets.overlap.lower,
  );
  expect(Math.abs(octets.overlap.estimate - crossed)).toBeLessThanOrEqual(2 * error);
  expect(Math.abs(octets.overlap.estimate - crossed) / crossed).toBeLessThan(0.2);
}

function registers(sketch: string | undefined): Buffer {
  const hll = decodeHll(Buffer.from(sketch ?? '', 'base64'));
  if (hll instanceof Refusal) throw new Error(hll.toString());
  return Buffer.from(hll.toRegisterArray());
}

/** The same packets through one sensor: equal registers, and so equal estimates to the last digit. */
async function expectOneSensor(
  question: Question,
  traffic: { a: Uint8Array[]; b: Uint8Array[] },
  deployment: Deployment,
): Promise<void> {
  const file = join(deployment.directory, 'both.pcap');
  writeFileSync(file, pcapOf([...traffic.a, ...traffic.b]));
  const words = ['--manager', deployment.address, '--site', 'one', '--name', 'all'];
  execFileSync(picket, ['sensor', '--replay', file, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  for (const what of ['hosts', 'sources', 'destinations', 'pairs', 'services', 'flows']) {
    for (const side of what === 'services' ? ['all'] : ['all', 'local', 'remote']) {
      const asked = { what, side, sketch: 'true' };
      const merged = await question<Answer<'distinct'>>('distinct', { ...asked, site: ['a', 'b'] });
      const range = { from: '1700000000', to: '1700003600' };
      const alone = await question<Answer<'distinct'>>('distinct', { ...asked, site: 'one', ...range });
      expect(alone.coverage.packets.seen).toBe(traffic.a.length + traffic.b.length);
      expect(merged.value, `${what} ${side}`).toEqual(alone.value);
      expect(registers(merged.sketch).equals(registers(alone.sketch)), `${what} ${side}`).toBe(true);
    }
  }
}

test('overlap is within its bounds where nothing is shared, and where all is', { timeout: 120_000 }, async () => {
  const deployment = await Deployment.start();
  try {
    const replay = (site: string, frames: readonly Uint8Array[]): void => {
      const file = join(deployment.directory, `${site}.pcap`);
      writeFileSync(file, pcapOf(frames));
      const words = ['--manager', deployment.address, '--site', site, '--name', 'x'];
      execFileSync(picket, ['sensor', '--replay', file, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    };
    const traffic = siteTraffic(9).a;
    // The same addresses one network further on: no host, no flow in common.
    const elsewhere = traffic.map((frame) => {
      const moved = frame.slice();
      moved[26]! += 1;
      moved[30]! += 1;
      return moved;
    });
    replay('one', traffic);
    replay('same', traffic);
    replay('other', elsewhere);
    const truth = truthOf(traffic);
    const range = { from: '1700000000', to: '1700003600' };
    const overlap = async (a: string, b: string): Promise<Answer<'overlap'>['value']> =>
      (await ask<Answer<'overlap'>>([{ kind: 'unix', path: deployment.socket }], 'overlap', { a, b, ...range })).value;
    const all = await overlap('one', 'same');
    const octets = [...truth.flows.values()].reduce((sum, value) => sum + value, 0);
    expect(all.hosts.overlap.lower).toBeLessThanOrEqual(truth.distinct.hosts.size);
    expect(all.hosts.overlap.upper).toBeGreaterThanOrEqual(truth.distinct.hosts.size);
    expect(all.octets.overlap.lower).toBeLessThanOrEqual(octets);
    expect(all.octets.overlap.upper).toBeGreaterThanOrEqual(octets);
    const none = await overlap('one', 'other');
    expect(none.hosts.overlap.lower).toBe(0);
    expect(none.octets.overlap.lower).toBe(0);
    expect(none.octets.overlap.estimate).toBe(0);
  } finally {
    await deployment.stop();
  }
});
