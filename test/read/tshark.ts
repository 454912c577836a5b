import { execFileSync } from 'node:child_process';

/** What tshark sees in a capture, reduced to what `picket read` counts. */
export interface TsharkCounts {
  packets: number;
  sources: Map<string, number>;
  destinations: Map<string, number>;
  /** Octets a host sent and received; once for a packet to itself. */
  hosts: Map<string, number>;
  pairs: Set<string>;
  /** Packets whose innermost transport is TCP, UDP; without those that tshark found only in an ICMP error. */
  tcp: number;
  udp: number;
}

const fields = [
  'frame.len',
  'frame.protocols',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'udp.srcport',
] as const;

/** Counts by the innermost IP header of each frame, as one run of tshark tells it. */
export function countWithTshark(file: string): TsharkCounts {
  const args = ['-n', '-r', file, '-T', 'fields', '-E', 'separator=;', '-E', 'aggregator=,'];
  for (const field of fields) args.push('-e', field);
  const text = execFileSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const counts: TsharkCounts = {
    packets: 0,
    sources: new Map(),
    destinations: new Map(),
    hosts: new Map(),
    pairs: new Set(),
    tcp: 0,
    udp: 0,
  };
  for (const line of text.split('\n')) if (line !== '') addLine(counts, line);
  return counts;
}

function addLine(counts: TsharkCounts, line: string): void {
  const [length = '', protocols = '', ...rest] = line.split(';');
  const [source4, destination4, source6, destination6] = rest.map((text) => (text === '' ? [] : text.split(',')));
  counts.packets++;
  const octets = Number(length);
  // What stands behind an ICMP header is quoted, not sent.
  const layers = protocols.split(':');
  const error = layers.findIndex((layer) => layer === 'icmp' || layer === 'icmpv6');
  const real = error < 0 ? layers : layers.slice(0, error + 1);
  const innermost = real.findLastIndex((layer) => layer === 'ip' || layer === 'ipv6');
  if (innermost < 0) return;
  const version = real[innermost];
  const nth = real.filter((layer) => layer === version).length - 1;
  const source = (version === 'ip' ? source4 : source6)?.[nth];
  const destination = (version === 'ip' ? destination4 : destination6)?.[nth];
  if (source === undefined || destination === undefined) return;
  add(counts.sources, source, octets);
  add(counts.destinations, destination, octets);
  add(counts.hosts, source, octets);
  if (source !== destination) add(counts.hosts, destination, octets);
  counts.pairs.add(`${source} ${destination}`);
  const transport = real.slice(innermost + 1);
  if (transport.includes('tcp')) counts.tcp++;
  else if (transport.includes('udp')) counts.udp++;
}

function add(map: Map<string, number>, key: string, octets: number): void {
  map.set(key, (map.get(key) ?? 0) + octets);
}
