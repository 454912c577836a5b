import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bigCapture, leastFlows, warm } from './bigCapture.ts';
import type { BigCapture } from './bigCapture.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { comparePairs, spreadText } from './pairs.ts';
import type { PairResult } from './pairs.ts';
import { measureTools } from './readTools.ts';
import { timeProcess, whereIs } from './processTime.ts';
import type { ProcessTime } from './processTime.ts';
import { tableText } from './tableText.ts';

/** The parts of `picket read --json` that the bench looks at. */
interface Report {
  packets: number;
  octets: number;
  flows: { total: number };
  distinct: Readonly<Record<string, { estimate: number }>>;
  /** SHA-256 of the registers of each distinct count, as `--registers` prints them. */
  registers?: unknown;
}

export const readBench: Measurement = {
  name: 'read',
  text: '`picket read --json F` beside `tcpdump -r F -w /dev/null`, whole processes, in pairs, the file in the page cache',
  async run(bench) {
    if (whereIs('tcpdump') === undefined) throw new Error('tcpdump is not installed');
    const results: unknown[] = [];
    const seen = new Set<string>();
    for (const mix of ['all', 'calm'] as const) {
      const capture = await bigCapture(bench, mix);
      // One capture that was given, or made in code, is the same for both.
      if (seen.has(capture.path)) continue;
      seen.add(capture.path);
      results.push(measure(bench, capture));
    }
    return results;
  },
};

function measure(bench: BenchContext, capture: BigCapture): unknown {
  bench.say(`${capture.path}: ${capture.bytes} bytes, ${capture.origin}`);
  warm(capture.path);
  // The untimed run also fills the cache of stripped sources.
  const untimed = readOnce(bench, capture.path);
  const reports: Report[] = [];
  const ours = (): ProcessTime => {
    const { time, report } = readOnce(bench, capture.path);
    reports.push(report);
    return time;
  };
  const result = comparePairs(bench.pairs ?? 5, ours, () => copy(capture.path));
  const timed = reports.at(-1) ?? untimed.report;
  const registersEqual = untimed.report.registers === undefined ? null : equalRegisters(untimed.report, reports);
  if (registersEqual === false) throw new Error('a timed run has other registers than the untimed one');
  say(bench, timed, result, registersEqual);
  const { packets, octets, flows, distinct, registers } = timed;
  const enough = flows.total >= leastFlows;
  if (!enough) bench.say(`only ${flows.total} flows: the measurement asks for ${leastFlows}`);
  const tools = measureTools(bench, capture.path, [join(bench.root, 'cli/picket'), 'read', '--json']);
  return { capture, packets, octets, flows, enough, distinct, registers, registersEqual, ...result, tools };
}

function equalRegisters(untimed: Report, timed: readonly Report[]): boolean {
  const expected = JSON.stringify(untimed.registers);
  return timed.every(({ registers }) => JSON.stringify(registers) === expected);
}

function say(bench: BenchContext, report: Report, result: PairResult, registersEqual: boolean | null): void {
  const row = (name: string, cost: PairResult['ours']): string[] => [
    name,
    spreadText(cost.wallSeconds),
    spreadText(cost.cpuSeconds),
    ((cost.cpuSeconds.median / report.packets) * 1e9).toFixed(0),
  ];
  const ratio = ['ratio, pair by pair', spreadText(result.ratio.wall), spreadText(result.ratio.cpu), ''];
  const rows = [row('picket read --json', result.ours), row('tcpdump -w /dev/null', result.theirs), ratio];
  bench.say(tableText(['median (least - greatest)', 'wall s', 'CPU s', 'CPU ns/packet'], rows));
  bench.say(`${report.packets} packets, ${report.octets} octets, ${report.flows.total} flows`);
  if (registersEqual === null) bench.say('registers: not printed by this version');
  else bench.say(`registers of the timed run equal those of the untimed one: ${JSON.stringify(report.registers)}`);
}

function readOnce(bench: BenchContext, capture: string): { time: ProcessTime; report: Report } {
  const command = [join(bench.root, 'cli/picket'), 'read', '--json', '--registers', capture];
  const time = timeProcess(command, { output: outputOf(bench) });
  if (time.status !== 0) throw new Error(`picket read ended with status ${time.status}: ${time.complaint}`);
  return { time, report: reportOf(bench) };
}

function copy(capture: string): ProcessTime {
  // As root tcpdump would change its user, and then can't write even to /dev/null in some set-ups.
  const user = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  const time = timeProcess(['tcpdump', ...user, '-r', capture, '-w', '/dev/null']);
  if (time.status !== 0) throw new Error(`tcpdump ended with status ${time.status}: ${time.complaint}`);
  return time;
}

function outputOf(bench: BenchContext): string {
  return join(bench.cache, `read-${process.pid}.json`);
}

function reportOf(bench: BenchContext): Report {
  const text = readFileSync(outputOf(bench), 'utf8');
  rmSync(outputOf(bench));
  return JSON.parse(text) as Report;
}
