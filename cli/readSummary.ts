import type { Estimate } from '../core/sketch/hll/estimator.ts';
import type { ResultRow } from '../core/summary/result.ts';
import { printable } from '../runtime/error.ts';
import type { PartSizesReport } from '../sensor/read/partSizes.ts';
import type { ReadReport } from '../sensor/read/report.ts';
import { shortTime } from './times.ts';

/** Counts with thousands apart, for people. */
function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function packets(value: number): string {
  return `${count(value)} packet${value === 1 ? '' : 's'}`;
}

/** Octets with a binary unit. */
function size(octets: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = octets;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${count(value)} B` : `${value.toFixed(1)} ${units[unit]}`;
}

function seconds(value: number): string {
  if (value < 0.001) return `${(value * 1e6).toFixed(0)} us`;
  if (value < 1) return `${(value * 1e3).toFixed(1)} ms`;
  return value < 120 ? `${value.toFixed(1)} s` : `${(value / 60).toFixed(1)} min`;
}

function estimate(value: Estimate): string {
  return value.exact
    ? count(value.estimate)
    : `${count(value.estimate)} (${count(value.lower)} - ${count(value.upper)})`;
}

/** The summary that `picket read` prints for people: what was read, how it went, who was busiest. */
export function summarise(report: ReadReport, { by, utc }: { by: 'octets' | 'packets'; utc: boolean }): string {
  const lines: string[] = [];
  const row = (name: string, value: string): void => void lines.push(`${name.padEnd(14)}${value}`);
  for (const file of report.files) {
    const path = printable(file.path);
    const what = `${file.format}, ${file.linkTypes.join(' ') || 'no packets'}`;
    const read = `${path} (${what}): ${packets(file.packets)}${file.error === null ? '' : ', damaged'}`;
    row('file', file.format === null ? `${path}: unreadable` : read);
  }
  row(
    'packets',
    `${count(report.packets)}, ${size(report.octets)} on the wire, ${size(report.capturedOctets)} captured`,
  );
  if (report.firstTime !== null)
    row('time', `${shortTime(report.firstTime, utc, true)} to ${shortTime(report.lastTime, utc, true)}`);
  if (report.late > 0) row('late', `${packets(report.late)} came after the window had closed`);
  const { verdicts, fragments, flows } = report;
  const bad = verdicts.truncated + verdicts.malformed + verdicts.unsupported;
  if (bad > 0) {
    const worst = Object.entries(verdicts.reasons).sort((a, b) => b[1] - a[1]);
    const named = worst.slice(0, 5).map(([reason, n]) => `${reason} ${count(n)}`);
    row(
      'undecoded',
      `${count(bad)}: truncated ${count(verdicts.truncated)}, malformed ${count(verdicts.malformed)}, ` +
        `unsupported ${count(verdicts.unsupported)} (${named.join(', ')}${worst.length > 5 ? ', ...' : ''})`,
    );
  }
  if (fragments.seen > 0) {
    row(
      'fragments',
      `${count(fragments.seen)}, ${count(fragments.reassembled)} put together, ${count(fragments.unmatched)} without the rest`,
    );
  }
  if (report.tunnelled > 0) row('tunnelled', count(report.tunnelled));
  const links = Object.entries(report.links);
  if (links.length > 0) row('not IP', links.map(([kind, n]) => `${kind} ${count(n)}`).join(', '));
  row(
    'flows',
    `${count(flows.total)}: tcp ${count(flows.tcp)}, udp ${count(flows.udp)}, icmp ${count(flows.icmp)}, ` +
      `sctp ${count(flows.sctp)}, other ${count(flows.other)}`,
  );
  if (flows.evicted > 0)
    row('evicted', `${count(flows.evicted)} flows left a full table early; those that went on count again`);
  const { distinct } = report;
  row(
    'hosts',
    `${estimate(distinct.hosts)}: ${estimate(distinct.sources)} sent, ${estimate(distinct.destinations)} received`,
  );
  const { local, remote } = report;
  row('where', `${estimate(local.distinct.hosts)} hosts local, ${estimate(remote.distinct.hosts)} remote`);
  row('pairs', estimate(distinct.pairs));
  row('services', estimate(distinct.services));
  const { sizes, durations } = report;
  if (sizes.p50 !== null) {
    row('flow sizes', `half up to ${size(sizes.p50)}, 90 % ${size(sizes.p90 ?? 0)}, 99 % ${size(sizes.p99 ?? 0)}`);
  }
  if (durations.p50 !== null) {
    row(
      'flow times',
      `half up to ${seconds(durations.p50)}, 90 % ${seconds(durations.p90 ?? 0)}, 99 % ${seconds(durations.p99 ?? 0)}`,
    );
  }
  const { handshakes, retransmits } = report;
  if (handshakes.p50 !== null) {
    row(
      'handshakes',
      `half up to ${seconds(handshakes.p50)}, 90 % ${seconds(handshakes.p90 ?? 0)}, 99 % ${seconds(handshakes.p99 ?? 0)}`,
    );
  }
  if (retransmits.p99 !== null && retransmits.p99 > 0) {
    const percent = (share: number | null): string => `${((share ?? 0) * 100).toFixed(1)} %`;
    row(
      'sent again',
      `of segments: half of the connections up to ${percent(retransmits.p50)}, 90 % ${percent(retransmits.p90)}, 99 % ${percent(retransmits.p99)}`,
    );
  }
  for (const [name, value] of applicationRows(report)) row(name, value);
  for (const window of report.windows ?? []) {
    row(
      'window',
      `${shortTime(window.start, utc)} ${window.seconds} s: ${packets(window.packets)}, ${size(window.octets)}, ${estimate(window.distinct.hosts)} hosts`,
    );
  }
  for (const [name, rows] of Object.entries(report.top)) lines.push(...table(`top ${name} by ${by}`, rows, by));
  for (const sizes of report.partSizes ?? []) lines.push(...sizeTable(sizes));
  return `${lines.join('\n')}\n`;
}

/** What application protocols said, those that were there. */
function applicationRows({ dns, http, tls }: ReadReport): [name: string, value: string][] {
  const rows: [string, string][] = [];
  const most = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .slice(0, 4)
      .map(([name, n]) => `${printable(name)} ${count(n)}`)
      .join(', ');
  if (dns.queries + dns.responses > 0) {
    const [types, rcodes] = [most(dns.types), most(dns.rcodes)];
    rows.push(['DNS', `${count(dns.queries)} queries (${types}), ${count(dns.responses)} answers (${rcodes})`]);
    rows.push(['DNS names', estimate(dns.names)]);
  }
  if (Object.keys(dns.encrypted).length > 0) rows.push(['DNS hidden', `in connections: ${most(dns.encrypted)}`]);
  if (http.requests + http.responses > 0) {
    rows.push(['HTTP', `${count(http.requests)} requests, ${count(http.responses)} answers`]);
    for (const { status, client, count: n } of http.byStatusClient.slice(0, 3)) {
      rows.push(['', `${status} to ${printable(client)}: ${count(n)}`]);
    }
  }
  if (http.unseen !== null) rows.push(['web', `${(http.unseen * 100).toFixed(1)} % of its octets were encrypted`]);
  if (tls.clientHellos > 0) {
    rows.push(['TLS', `${count(tls.clientHellos)} hellos of clients to ${estimate(tls.serverNames)} servers by name`]);
  }
  return rows;
}

/** What parts of one length cost, and which section how much of the one at p95. */
function sizeTable({ seconds: length, parts, plain, shipped, sections }: PartSizesReport): string[] {
  const total = sections.reduce((sum, row) => sum + row.plain, 0);
  const row = (name: string, octets: number, share: number, more: number): string =>
    `  ${name.padEnd(24)}${count(octets).padStart(9)}  ${share.toFixed(1).padStart(5)} %  ${count(more).padStart(9)}`;
  return [
    '',
    `parts of ${length} s: ${count(parts)}; octets p50 ${count(shipped.p50)}, p95 ${count(shipped.p95)}, greatest ${count(shipped.max)}` +
      ` (before deflating ${count(plain.p50)}, ${count(plain.p95)}, ${count(plain.max)})`,
    `  ${'the part at p95'.padEnd(24)}${'plain'.padStart(9)}  ${'share'.padStart(7)}  ${'shipped'.padStart(9)}`,
    ...sections.map((section) =>
      row(section.name, section.plain, (100 * section.plain) / Math.max(1, total), section.shipped),
    ),
    row(
      'total',
      total,
      100,
      sections.reduce((sum, section) => sum + section.shipped, 0),
    ),
  ];
}

function table(title: string, rows: readonly ResultRow[], by: 'octets' | 'packets'): string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map((row) => row.key.length));
  return [
    '',
    title,
    ...rows.map((row) => {
      const error = by === 'octets' ? size(row.error.octets) : count(row.error.packets);
      const margin = row.error[by] > 0 ? `  ± ${error}` : '';
      return `  ${row.key.padEnd(width)}  ${size(row.octets).padStart(11)}  ${count(row.packets).padStart(10)} packets${margin}`;
    }),
  ];
}
