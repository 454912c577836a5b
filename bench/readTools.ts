import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { warm } from './bigCapture.ts';
import type { BenchContext } from './measurement.ts';
import { timeProcess, whereIs } from './processTime.ts';
import type { ProcessTime } from './processTime.ts';
import { tableText } from './tableText.ts';

/** Packets of the big capture that the other tools read: the slowest of them takes 100 us a packet. */
const slicePackets = 500_000;
const timeoutSeconds = 300;

interface Tool {
  name: string;
  command: string;
  does: string;
  arguments: (file: string) => string[];
}

const tsharkFields = [
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'dns.qry.name',
  'http.host',
  'http.response.code',
  'tls.handshake.extensions_server_name',
];

/** Tools that read capture files, where they are installed. Each runs in an empty folder of its own. */
const tools: readonly Tool[] = [
  { name: 'argus', command: 'argus', does: 'flow records', arguments: (file) => ['-r', file, '-w', '-'] },
  {
    name: 'softflowd',
    command: 'softflowd',
    does: 'NetFlow, no time-outs when reading',
    arguments: (file) => ['-d', '-m', '1000000', '-p', 'pid', '-c', 'ctl', '-r', file],
  },
  { name: 'nfpcapd', command: 'nfpcapd', does: 'flow records', arguments: (file) => ['-r', file, '-w', '.'] },
  {
    name: 'suricata',
    command: 'suricata',
    does: 'flow, dns, http, tls as JSON, one thread, no rules',
    arguments: (file) => ['--runmode', 'single', '-S', '/dev/null', '-l', '.', '-r', file],
  },
  { name: 'zeek', command: 'zeek', does: 'its default logs', arguments: (file) => ['-C', '-r', file] },
  {
    name: 'tshark',
    command: 'tshark',
    does: 'DNS, HTTP and TLS fields',
    arguments: (file) => ['-n', '-r', file, '-T', 'fields', ...tsharkFields.flatMap((field) => ['-e', field])],
  },
];

/** Each tool once, beside tcpdump and ours on the same part of the capture. Ratios say how often tcpdump's cost it is. */
export function measureTools(bench: BenchContext, capture: string, ours: readonly string[]): unknown[] {
  const file = slice(bench, capture);
  warm(file);
  const user = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  const runs = [
    { name: 'tcpdump', does: 'plain copy', command: ['tcpdump', ...user, '-r', file, '-w', '/dev/null'] },
    { name: 'picket read --json', does: 'counts, flows, distinct, top lists', command: [...ours, file] },
    ...tools.map(({ name, does, command, arguments: make }) => ({ name, does, command: [command, ...make(file)] })),
  ];
  let copy: ProcessTime | undefined;
  const results = runs.map(({ name, does, command: [program = '', ...rest] }) => {
    const path = program.includes('/') ? program : whereIs(program);
    if (path === undefined) return { name, does, state: 'not installed' };
    const folder = mkdtempSync(join(bench.cache, 'tool-'));
    const time = timeProcess([path, ...rest], { folder, timeoutSeconds });
    rmSync(folder, { recursive: true });
    copy ??= time;
    const state = time.status === 0 ? 'ok' : `status ${time.status}: ${time.complaint.split('\n').at(-1) ?? ''}`;
    return { name, does, state, ...time, byCpu: time.cpuSeconds / copy.cpuSeconds };
  });
  const rows = results.map((one) =>
    'cpuSeconds' in one
      ? [one.name, one.wallSeconds.toFixed(2), one.cpuSeconds.toFixed(2), one.byCpu.toFixed(1), one.state]
      : [one.name, '', '', '', one.state],
  );
  bench.say(`\nthe first ${slicePackets} packets, each tool once:`);
  bench.say(tableText(['tool', 'wall s', 'CPU s', 'x tcpdump, CPU', 'state'], rows));
  return results;
}

function slice(bench: BenchContext, capture: string): string {
  const path = join(bench.cache, `slice-${capture.replaceAll(/[^a-zA-Z0-9]+/g, '-')}.pcap`);
  if (existsSync(path)) return path;
  const user = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  const time = timeProcess(['tcpdump', ...user, '-r', capture, '-c', String(slicePackets), '-w', `${path}.part`]);
  if (time.status !== 0) throw new Error(`tcpdump cannot cut ${capture}: ${time.complaint}`);
  renameSync(`${path}.part`, path);
  return path;
}
