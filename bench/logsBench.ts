import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { analyserShares } from './analyserShares.ts';
import { bigCapture, warm } from './bigCapture.ts';
import { dnsCapture, exchanges } from './dnsCapture.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { comparePairs, spreadText } from './pairs.ts';
import type { PairResult } from './pairs.ts';
import { timeProcess, whereIs } from './processTime.ts';
import type { ProcessTime } from './processTime.ts';
import { tableText } from './tableText.ts';

export const logsBench: Measurement = {
  name: 'logs',
  text: '`picket read --logs` on mixed captures and on DNS alone, beside tcpdump, and Suricata and passivedns where installed',
  async run(bench) {
    const results: Record<string, unknown> = {};
    for (const mix of ['calm', 'all'] as const) {
      const { path, origin } = await bigCapture(bench, mix);
      results[mix] = mixed(bench, path, `${mix}: ${origin}`);
    }
    results['dns'] = dnsAlone(bench, dnsCapture(bench));
    return results;
  },
};

function mixed(bench: BenchContext, capture: string, what: string): unknown {
  warm(capture);
  let rows = 0;
  const logged = (): ProcessTime => {
    const { time, lines } = readLogs(bench, capture);
    rows = lines;
    return time;
  };
  logged();
  const beside = comparePairs(bench.pairs ?? 3, logged, () => copy(capture));
  const plain = read(bench, capture);
  const suricata = suricataOf(bench, capture, logged);
  const shares = analyserShares(bench.root, ['read', '--json', '--logs', join(bench.cache, 'profiled'), capture]);
  rmSync(join(bench.cache, 'profiled'), { recursive: true, force: true });
  const cpu = beside.ours.cpuSeconds.median;
  const micros = ((cpu - plain.cpuSeconds) / rows) * 1e6;
  bench.say(what);
  bench.say(
    tableText(
      ['median (least - greatest)', 'wall s', 'CPU s'],
      [
        ['picket read --logs', spreadText(beside.ours.wallSeconds), spreadText(beside.ours.cpuSeconds)],
        ['tcpdump -w /dev/null', spreadText(beside.theirs.wallSeconds), spreadText(beside.theirs.cpuSeconds)],
        ['ratio, pair by pair', spreadText(beside.ratio.wall), spreadText(beside.ratio.cpu)],
      ],
    ),
  );
  bench.say(`${rows} rows, ${micros.toFixed(1)} us of CPU a row beyond a run without logs (${plain.cpuSeconds} s)`);
  bench.say(
    suricata === undefined ? 'suricata: not installed' : `of suricata's CPU: ${spreadText(suricata.ratio.cpu)}`,
  );
  bench.say(
    tableText(
      ['share of CPU', '%'],
      shares.map(([name, share]) => [name, (share * 100).toFixed(1)]),
    ),
  );
  return { capture, rows, beside, plain, microsARow: micros, suricata, shares };
}

/** DNS alone: CPU a message, less what a run over no packets costs. */
function dnsAlone(bench: BenchContext, capture: string): unknown {
  warm(capture);
  let rows = 0;
  const logged = (): ProcessTime => {
    const { time, lines } = readLogs(bench, capture);
    rows = lines;
    return time;
  };
  logged();
  const start = timeProcess([join(bench.root, 'cli/picket'), 'read', '--help']).cpuSeconds;
  const beside = comparePairs(bench.pairs ?? 3, logged, () => read(bench, capture));
  const messages = exchanges * 2;
  const micros = ((beside.ours.cpuSeconds.median - start) / messages) * 1e6;
  const without = ((beside.theirs.cpuSeconds.median - start) / messages) * 1e6;
  const aim = 1.8 + (2 * rows) / messages;
  const path = whereIs('passivedns');
  const passive = path === undefined ? undefined : timeProcess([path, '-r', capture, '-l', '/dev/null']);
  bench.say(`DNS alone: ${messages} messages, ${rows} rows`);
  bench.say(
    `us of CPU a message: ${micros.toFixed(2)} with logs (aim ${aim.toFixed(2)}), ${without.toFixed(2)} without; passivedns ` +
      (passive === undefined ? 'not installed' : ((passive.cpuSeconds / messages) * 1e6).toFixed(2)),
  );
  return { messages, rows, microsAMessage: micros, withoutLogs: without, aim, passive, beside };
}

function read(bench: BenchContext, capture: string): ProcessTime {
  return ended('picket', timeProcess([join(bench.root, 'cli/picket'), 'read', '--json', capture]));
}

function readLogs(bench: BenchContext, capture: string): { time: ProcessTime; lines: number } {
  const folder = mkdtempSync(join(bench.cache, 'logs-'));
  try {
    const command = [join(bench.root, 'cli/picket'), 'read', '--json', '--logs', folder, capture];
    const time = ended('picket', timeProcess(command));
    let lines = 0;
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
    }
    return { time, lines };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function suricataOf(bench: BenchContext, capture: string, ours: () => ProcessTime): PairResult | undefined {
  const path = whereIs('suricata');
  if (path === undefined) return undefined;
  return comparePairs(bench.pairs ?? 3, ours, () => {
    const folder = mkdtempSync(join(bench.cache, 'suricata-'));
    try {
      return timeProcess([path, '--runmode', 'single', '-S', '/dev/null', '-l', folder, '-r', capture]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

function copy(capture: string): ProcessTime {
  const user = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  return ended('tcpdump', timeProcess(['tcpdump', ...user, '-r', capture, '-w', '/dev/null']));
}

function ended(name: string, time: ProcessTime): ProcessTime {
  if (time.status !== 0) throw new Error(`${name} ended with status ${time.status}: ${time.complaint}`);
  return time;
}
