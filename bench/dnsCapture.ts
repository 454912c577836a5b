import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { dns, DnsType } from '../core/packet/build/dns.ts';
import { ethernet } from '../core/packet/build/ethernet.ts';
import { ipv4 } from '../core/packet/build/ipv4.ts';
import { udp } from '../core/packet/build/transport.ts';
import { IpProtocol } from '../core/packet/numbers.ts';
import { type CapturedPacket, toPcap } from '../test/captures/captureBytes.ts';
import { Random } from '../test/captures/random.ts';
import type { BenchContext } from './measurement.ts';

/** Queries of the capture: each has an answer. */
export const exchanges = 150_000;
const piece = 10_000;
const fileHeader = 24;
const names = 5000;

/** A capture of nothing but DNS over UDP, made once: queries for A records, each answered a moment later. */
export function dnsCapture({ cache, say }: BenchContext): string {
  const path = join(cache, 'dns.pcap');
  if (existsSync(path)) return path;
  say(`building ${path} (once)`);
  const random = new Random(5);
  const file = openSync(`${path}.part`, 'w');
  for (let from = 0; from < exchanges; from += piece) {
    const packets: CapturedPacket[] = [];
    for (let n = from; n < from + piece; n++) packets.push(...exchange(random, n));
    packets.sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos);
    const bytes = toPcap(packets);
    writeSync(file, from === 0 ? bytes : bytes.subarray(fileHeader));
  }
  closeSync(file);
  renameSync(`${path}.part`, path);
  return path;
}

function exchange(random: Random, n: number): CapturedPacket[] {
  const client = `10.0.${random.below(8)}.${random.below(250) + 1}`;
  const server = '192.0.2.53';
  const port = 1024 + random.below(60_000);
  const name = `host${random.zipf(names)}.example.org`;
  const id = random.below(65_536);
  const query = dns({ id, name });
  const data = `198.51.100.${random.below(256)}`;
  const answer = dns({ id, name, response: true, answers: [{ type: DnsType.A, data }] });
  const frame = (isQuery: boolean, payload: Uint8Array): Uint8Array =>
    ethernet(
      {},
      ipv4(
        { source: isQuery ? client : server, destination: isQuery ? server : client, protocol: IpProtocol.UDP },
        udp({ sourcePort: isQuery ? port : 53, destinationPort: isQuery ? 53 : port }, payload),
      ),
    );
  return [0, 1].map((i) => {
    const bytes = frame(i === 0, i === 0 ? query : answer);
    const micros = n * 400 + i * 390;
    return {
      seconds: 1_750_000_000 + Math.floor(micros / 1e6),
      nanos: (micros % 1e6) * 1000,
      bytes,
      len: bytes.length,
    };
  });
}
