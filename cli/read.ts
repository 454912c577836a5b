import { parseArgs } from 'node:util';
import { describeError, printable, UsageError } from '../runtime/error.ts';
import type { ReadOptions } from '../sensor/read.ts';
import type { ReadReport } from '../sensor/read/report.ts';

export const readHelp = `picket read FILE... [options]

What is in capture files: counts, flows, distinct hosts, top talkers. Several files are merged by time, as one tap.
FILE is pcap or pcapng, plain, gzip or zstd; - is standard input.

  -f, --filter EXPR       look at packets that match this tcpdump expression only
  -w, --write OUT         write the packets looked at to OUT (.pcap or .pcapng; - is pcapng on standard output)
      --json              one JSON object on standard output
      --windows           also each window
      --window-seconds N  length of a window: 1 2 5 10 15 20 30 or 60 (default 10)
      --top N             entries of each list (default 10)
      --by WHAT           order of the lists: octets (default) or packets
      --checksums         verify checksums; packets with a wrong one count for their addresses only
      --workers N         threads that share the packets by address pair (default 1)
      --utc               times in UTC, not in local time (JSON always is)
      --local NETS        networks that are local, apart by commas (default: those that are not global)
      --dns-ports LIST    ports where DNS is expected beside 53 (UDP and TCP), 137, 5353 and 5355 (UDP)
      --dns-anywhere      look for DNS at every other port too, by its form
      --explain-size      also what a sensor would ship of it: bytes of its parts, by section
      --logs DIR          also logs with Zeek's names and types in the folder DIR, those that have rows: conn dns http ssl x509
                          files ssh dhcp quic tunnel weird (.log)
      --format FORM       form of the logs: json (default), an object a line; or tsv, as Zeek writes it
      --fields A,B        the logs' fields that are written (default: all)
      --access-log        FILEs are access logs of web servers (common or combined form); counts of them, with --json and --top
      --registers         also the SHA-256 of all HLL registers (with --json)
  -h, --help              this text

Exit status: 0; 3 when a file was damaged or unreadable (what came before is reported); 1 when nothing could be read;
2 when called wrongly.

Examples:
  picket read trace.pcap
  picket read --json trace.pcapng.gz | jq .top.hosts
  picket read -f 'tcp port 443' -w https.pcap day1.pcap day2.pcap
  picket read --logs out trace.pcap && jq -r 'select(.rcode == 3) | .query' out/dns.log
`;

const windowLengths = [1, 2, 5, 10, 15, 20, 30, 60];
const MOST_TOP = 16_384;
const MOST_WORKERS = 64;
const PROGRESS_MILLIS = 200;

/** `picket read`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    process.stdout.write(readHelp);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError('no capture file named; picket read --help shows how');
  if (positionals.filter((path) => path === '-').length > 1) throw new UsageError('standard input can be read once');
  if (values['access-log'] === true) {
    const { readAccessLogs } = await import('./readAccessLog.ts');
    return readAccessLogs(positionals, whole('--top', values.top ?? '10', MOST_TOP), values.json === true);
  }
  const by = values.by ?? 'octets';
  if (by !== 'octets' && by !== 'packets') throw new UsageError(`--by is octets or packets, not ${by}`);
  const windowSeconds = whole('--window-seconds', values['window-seconds'] ?? '10', 60);
  if (!windowLengths.includes(windowSeconds)) {
    throw new UsageError(`--window-seconds is one of ${windowLengths.join(' ')}, not ${windowSeconds}`);
  }
  // A capture on standard output leaves no room for a report on it.
  const toStdout = values.write === '-';
  if (toStdout && values.json === true) throw new UsageError('-w - and --json both want standard output');
  const workers = whole('--workers', values.workers ?? '1', MOST_WORKERS);
  const { readCaptures } = await import('../sensor/read.ts');
  const progress = process.stderr.isTTY && !toStdout ? createProgress() : undefined;
  const report = await readCaptures({
    paths: positionals,
    filter: values.filter ?? '',
    checksums: values.checksums ?? false,
    windows: values.windows ?? false,
    windowSeconds,
    top: whole('--top', values.top ?? '10', MOST_TOP),
    by,
    workers,
    registers: values.registers ?? false,
    explainSize: values['explain-size'] ?? false,
    ...(await logging(values, workers)),
    ...(values.local === undefined ? {} : { local: await networks(values.local) }),
    ...dnsPlaces(values),
    ...(values.write === undefined ? {} : { write: values.write }),
    ...(progress === undefined ? {} : { onProgress: progress.show }),
  });
  progress?.clear();
  await print(report, values.json === true, by, toStdout, values.utc === true);
  return exitStatus(report);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        filter: { type: 'string', short: 'f' },
        write: { type: 'string', short: 'w' },
        json: { type: 'boolean' },
        windows: { type: 'boolean' },
        'window-seconds': { type: 'string' },
        top: { type: 'string' },
        by: { type: 'string' },
        checksums: { type: 'boolean' },
        workers: { type: 'string' },
        registers: { type: 'boolean' },
        'access-log': { type: 'boolean' },
        local: { type: 'string' },
        'dns-ports': { type: 'string' },
        'dns-anywhere': { type: 'boolean' },
        'explain-size': { type: 'boolean' },
        logs: { type: 'string' },
        format: { type: 'string' },
        fields: { type: 'string' },
        utc: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node's sentence goes on with advice about its own parser.
    const [message = ''] = describeError(error).split(/\. | \(/);
    throw new UsageError(`${message.replace(/\.$/, '')}; picket read --help shows how`);
  }
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) {
    throw new UsageError(`${name} is a whole number from 1 to ${most}, not ${text}`);
  }
  return value;
}

/** Networks as they are listed on the command line. */
async function networks(text: string): Promise<string[]> {
  const { parsePrefix } = await import('../core/packet/networkSet.ts');
  const list = text.split(',').map((part) => part.trim());
  const wrong = list.find((part) => parsePrefix(part) === undefined);
  if (wrong !== undefined) throw new UsageError(`--local takes networks such as 10.0.0.0/8, not ${wrong}`);
  return list;
}

/** Where DNS is looked for beside its usual ports. */
function dnsPlaces(values: { 'dns-ports'?: string; 'dns-anywhere'?: boolean }): Pick<ReadOptions, 'dnsPlaces'> {
  const { 'dns-ports': ports, 'dns-anywhere': byContent } = values;
  if (ports === undefined && byContent === undefined) return {};
  const morePorts = (ports ?? '')
    .split(',')
    .filter((port) => port !== '')
    .map((port) => whole('--dns-ports', port.trim(), 65_535));
  return { dnsPlaces: { morePorts, byContent: byContent ?? false } };
}

/** What the options say about logs. */
async function logging(
  { logs, format, fields }: { logs?: string; format?: string; fields?: string },
  workers: number,
): Promise<Pick<ReadOptions, 'logs'>> {
  if (logs === undefined) {
    if (format !== undefined || fields !== undefined) throw new UsageError('--format and --fields are for --logs DIR');
    return {};
  }
  if (logs === '') throw new UsageError('--logs takes the name of a folder');
  if (workers > 1) throw new UsageError('--logs takes one worker: leave --workers out');
  if (format !== undefined && format !== 'json' && format !== 'tsv') {
    throw new UsageError(`--format is json or tsv, not ${format}`);
  }
  const names = fields?.split(',').map((name) => name.trim());
  if (names !== undefined) {
    const { logs: known } = await import('../core/records/logs.ts');
    const wrong = names.find((name) => !known.some((log) => log.fields.some((field) => field.name === name)));
    if (wrong !== undefined) throw new UsageError(`--fields: no log has a field ${wrong}`);
  }
  return {
    logs: {
      directory: logs,
      format: format ?? 'json',
      now: () => new Date(),
      ...(names === undefined ? {} : { fields: names }),
    },
  };
}

async function print(
  report: ReadReport,
  json: boolean,
  by: 'octets' | 'packets',
  toStdout: boolean,
  utc: boolean,
): Promise<void> {
  for (const file of report.files) {
    if (file.error === null) continue;
    const { message, offset } = file.error;
    const at = offset === null || file.format === null ? '' : ` at byte ${offset}`;
    const before = file.format === null ? '' : `; ${file.packets} packets before it`;
    process.stderr.write(`picket: ${printable(file.path)}: ${printable(message)}${at}${before}\n`);
  }
  for (const refusal of report.filterRefusals ?? []) process.stderr.write(`picket: ${refusal}\n`);
  if (json) {
    await write(process.stdout, `${JSON.stringify(report)}\n`);
    return;
  }
  // Of nothing there is no summary: the reasons stand above.
  if (exitStatus(report) === 1) return;
  const { summarise } = await import('./readSummary.ts');
  await write(toStdout ? process.stderr : process.stdout, summarise(report, { by, utc }));
}

/** Waits until the text is out: a pipe takes large reports in pieces. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

function exitStatus(report: ReadReport): number {
  const damaged = report.files.filter((file) => file.error !== null);
  if (damaged.length === 0) return 0;
  return report.packets === 0 && report.files.every((file) => file.format === null) ? 1 : 3;
}

/** A progress line on the terminal, at most five times a second. */
function createProgress(): {
  show: (progress: { octets: number; total: number | null }, packets: number) => void;
  clear: () => void;
} {
  let last = performance.now();
  let shown = false;
  return {
    show({ octets, total }, packets) {
      const now = performance.now();
      if (now - last < PROGRESS_MILLIS) return;
      last = now;
      shown = true;
      const part = total === null || total === 0 ? '' : `${Math.floor((octets / total) * 100)} % `;
      process.stderr.write(`\r\u001B[Kreading: ${part}${packets.toLocaleString('en-US')} packets`);
    },
    clear() {
      if (shown) process.stderr.write('\r\u001B[K');
    },
  };
}
