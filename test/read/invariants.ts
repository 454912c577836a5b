import { expect } from 'vitest';
import type { ReadReport } from '../../sensor/read/report.ts';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** What holds for the report of any capture whatever, read without a filter. */
export function expectInvariants(report: ReadReport): void {
  expect(report.packets).toBe(sum(report.files.map((file) => file.packets)));
  expect(report.octets).toBe(sum(report.files.map((file) => file.octets)));
  expect(report.capturedOctets).toBe(sum(report.files.map((file) => file.capturedOctets)));
  expectConsistent(report);
}

/** What holds for any report, with a filter too. */
export function expectConsistent(report: ReadReport): void {
  const { verdicts, fragments, flows, distinct, top, windows } = report;
  expect(verdicts.truncated + verdicts.malformed + verdicts.unsupported).toBe(sum(Object.values(verdicts.reasons)));
  expect(fragments.seen).toBe(fragments.reassembled + fragments.unmatched);
  expect(flows.total).toBe(flows.tcp + flows.udp + flows.sctp + flows.icmp + flows.other);
  expect(report.firstTime === null).toBe(report.packets === 0);
  expect(report.lastTime === null).toBe(report.packets === 0);
  if (report.firstTime !== null && report.lastTime !== null) {
    expect(timeOf(report.firstTime) <= timeOf(report.lastTime)).toBe(true);
  }
  expect(report.late).toBeLessThanOrEqual(report.packets);
  expect(report.tunnelled).toBeLessThanOrEqual(report.packets);
  expect(sum(Object.values(report.links))).toBeLessThanOrEqual(report.packets);
  for (const estimate of Object.values(distinct)) {
    expect(estimate.lower).toBeLessThanOrEqual(estimate.estimate);
    expect(estimate.upper).toBeGreaterThanOrEqual(estimate.estimate);
    if (estimate.estimate <= 4096 * 0.9) expect(estimate.exact).toBe(true);
  }
  if (distinct.flows.exact) expect(distinct.flows.estimate).toBeLessThanOrEqual(flows.total);
  const { hosts, sources, destinations } = distinct;
  if (hosts.exact) {
    expect(hosts.estimate).toBeLessThanOrEqual(sources.estimate + destinations.estimate);
    expect(hosts.estimate).toBeGreaterThanOrEqual(Math.max(sources.estimate, destinations.estimate));
  }
  for (const [name, rows] of Object.entries(top)) {
    expect(new Set(rows.map((row) => row.key)).size, name).toBe(rows.length);
    for (const row of rows) {
      for (const value of [row.packets, row.octets, row.error.packets, row.error.octets]) {
        expect(Number.isSafeInteger(value) && value >= 0, `${name} ${row.key}`).toBe(true);
      }
    }
  }
  expectSides(report);
  for (const share of Object.values(report.retransmits)) expect((share ?? 0) >= 0 && (share ?? 0) <= 1).toBe(true);
  if (distinct.hosts.exact) {
    // Nothing was cut: each packet with addresses has one sender, one receiver and one pair.
    expect(top.hosts.length).toBe(distinct.hosts.estimate);
    const packets = sum(top.pairs.map((row) => row.packets));
    expect(sum(top.sources.map((row) => row.packets))).toBe(packets);
    expect(sum(top.destinations.map((row) => row.packets))).toBe(packets);
    expect(packets).toBeLessThanOrEqual(report.packets);
    expect(sum(top.services.map((row) => row.packets))).toBeLessThanOrEqual(packets);
  }
  if (windows === undefined) return;
  expect(windows.length).toBeLessThanOrEqual(report.packets);
  expect(sum(windows.map((window) => window.packets))).toBe(report.packets);
  expect(sum(windows.map((window) => window.octets))).toBe(report.octets);
  expect(new Set(windows.map((window) => window.start)).size).toBe(windows.length);
  for (const window of windows) expect(window.packets).toBeGreaterThan(0);
}

/** Each item is on one side: local or remote. */
function expectSides({ distinct, top, local, remote }: ReadReport): void {
  for (const name of ['hosts', 'sources', 'destinations', 'pairs', 'flows'] as const) {
    if (!distinct[name].exact) continue;
    expect(local.distinct[name].estimate + remote.distinct[name].estimate, name).toBe(distinct[name].estimate);
    if (name === 'flows') continue;
    const keys = (rows: readonly { key: string }[]): string[] => rows.map(({ key }) => key).sort();
    expect(keys([...local.top[name], ...remote.top[name]]), name).toEqual(keys(top[name]));
  }
}

/** A time of a report in nanoseconds. */
export function timeOf(text: string): bigint {
  const number = /^(-?)(\d+)\.(\d{1,9})$/.exec(text);
  if (number !== null) {
    const value = BigInt(number[2]!) * 1_000_000_000n + BigInt(number[3]!.padEnd(9, '0'));
    return number[1] === '-' ? -value : value;
  }
  const iso = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z$/.exec(text);
  if (iso === null) throw new Error(`no time: ${text}`);
  return BigInt(Date.parse(`${iso[1]}Z`)) * 1_000_000n + BigInt(iso[2]!);
}
