import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { DnsDigest } from '../../core/dnsDigest/digest.ts';
import { decodeDigest } from '../../core/dnsDigest/digestDecoder.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { type DigestRun, runDigests } from './digestRun.ts';
import { CLIENTS, DnsTraffic, KINDS, NAMES } from './dnsTraffic.ts';

/** Queries of 600 s at 1,000 a second. */
const SECONDS = 600;
const RATE = 1000;
/** What a sensor has by default. */
const BYTES = 16 << 20;

function digestsOf({ messages }: DigestRun): DnsDigest[] {
  return messages.map(({ bytes, inflated }) => {
    const plain = inflateRawSync(bytes, { maxOutputLength: inflated });
    const digest = decodeDigest(plain);
    if (digest instanceof Refusal) throw new Error(String(digest));
    return digest;
  });
}

/** Whether an estimate, rounded, is off by more than 5 %. */
function isOff(estimate: number, exact: number): boolean {
  return Math.abs(Math.round(estimate) - exact) > 0.05 * exact;
}

test('ten minutes of DNS take a twentieth of compressed rows, and keep what they promise', async () => {
  const traffic = new DnsTraffic(RATE);
  const run = await runDigests(traffic, SECONDS, BYTES);
  const { truth, names } = traffic;
  expect(run.rows).toBe(truth.queries);
  expect(run.zstdOctets / run.shippedOctets).toBeGreaterThanOrEqual(20);
  const digests = digestsOf(run);

  const rows = new Map<string, number>();
  for (const { client, name, qtype, rcode, count } of digests.flatMap(({ queries }) => queries)) {
    const key = `${client} ${name} ${qtype} ${rcode}`;
    expect(rows.has(key)).toBe(false);
    rows.set(key, count);
  }
  const expected = new Map<string, number>();
  for (const [i, count] of truth.rows.entries()) {
    if (count < 20) continue;
    const pair = Math.floor(i / KINDS);
    const name = Math.floor(pair / CLIENTS);
    const kind = i % KINDS;
    const rcode = kind % 2 === 0 ? -1 : DnsTraffic.isMissing(name) ? 3 : 0;
    expected.set(`${DnsTraffic.address(pair % CLIENTS)} ${names[name]!} ${kind < 2 ? 1 : 28} ${rcode}`, count);
  }
  expect(expected.size).toBeGreaterThan(1000);
  expect(rows).toEqual(expected);

  const { other, totals } = digests.find(({ totals: { queries } }) => queries > 0)!;
  const inRows = [...rows.values()].reduce((sum, count) => sum + count, 0);
  expect(inRows + other.queries).toBe(truth.queries);
  expect(totals.queries).toBe(truth.queries);
  expect(other).toMatchObject({ shed: 0, unsketched: 0, pairs: 0, clientless: 0 });

  const byName = new Map(digests.flatMap((digest) => digest.names).map((row) => [row.name, row]));
  const { asked } = truth;
  const isAsked = (name: number, client: number): boolean => {
    const bit = name * CLIENTS + client;
    return (asked[bit >> 3]! & (1 << (bit & 7))) !== 0;
  };
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const ranked = numbers(NAMES).toSorted((a, b) => truth.names[b]! - truth.names[a]!);
  const offNames = ranked.slice(0, 1000).filter((name) => {
    const row = byName.get(names[name]!)!;
    expect(row.count).toBe(truth.names[name]);
    return isOff(row.clients.estimate, numbers(CLIENTS).filter((client) => isAsked(name, client)).length);
  });
  expect(offNames).toEqual([]);

  const clients = new Map(digests.flatMap((digest) => digest.clients).map((row) => [row.client, row]));
  expect(clients.size).toBe(CLIENTS);
  const offClients = numbers(CLIENTS).filter((client) => {
    const row = clients.get(DnsTraffic.address(client))!;
    expect(row.count).toBe(truth.clients[client]);
    expect(row.nxdomain).toBe(truth.nxdomain[client]);
    const exact = numbers(NAMES).filter((name) => isAsked(name, client)).length + truth.random[client]!;
    return isOff(row.names.estimate, exact);
  });
  expect(offClients).toEqual([]);
});
