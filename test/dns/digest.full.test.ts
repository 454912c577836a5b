import { expect, test } from 'vitest';
import { judge } from './digestJudge.ts';
import { runDigests } from './digestRun.ts';
import { DnsTraffic } from './dnsTraffic.ts';

/** Queries of 600 s at 1,000 a second. */
const SECONDS = 600;
const RATE = 1000;
/** What a sensor has by default. */
const BYTES = 16 << 20;

test('ten minutes of DNS take a twentieth of compressed rows, and keep what they promise', async () => {
  const traffic = new DnsTraffic(RATE);
  const run = await runDigests(traffic, SECONDS, BYTES);
  expect(run.rows).toBe(SECONDS * RATE);
  expect(run.zstdOctets / run.shippedOctets).toBeGreaterThanOrEqual(20);
  const verdict = judge(run, traffic);
  expect(verdict).toMatchObject({
    rowsWrong: 0,
    queries: SECONDS * RATE,
    nameCountsOff: 0,
    nameClientsOff: 0,
    clientCountsWrong: 0,
    clientNamesOff: 0,
    others: { queries: SECONDS * RATE - verdict.inRows, shed: 0, unsketched: 0, pairs: 0, clientless: 0 },
  });
  expect(verdict.rows).toBeGreaterThan(1000);
  expect(verdict.told).toBeGreaterThan(2 * verdict.rows);
});
