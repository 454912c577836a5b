import { randomFillSync } from 'node:crypto';
import { DnsAccumulator, type DnsObservation } from '../core/dnsDigest/accumulator.ts';
import { sizesOf } from '../core/dnsDigest/sizes.ts';
import { packDigest } from '../sensor/digest/packedDigest.ts';
import { judge } from '../test/dns/digestJudge.ts';
import { runDigests } from '../test/dns/digestRun.ts';
import { CLIENTS, DnsTraffic, NAMES } from '../test/dns/dnsTraffic.ts';
import type { Measurement } from './measurement.ts';
import { tableText } from './tableText.ts';

const RATE = 10_000;
const SECONDS = 600;
const BYTES = 128 << 20;

/** What digests of ten minutes of DNS take at 10,000 queries a second, and what making them costs. */
export const dnsDigestBench: Measurement = {
  name: 'dns-digest',
  text: `octets shipped of ${SECONDS} s of DNS, ${RATE} queries a second, beside zstd -3 of its rows`,
  run: async ({ say }) => {
    const cost = measureCost();
    const traffic = new DnsTraffic(RATE);
    const run = await runDigests(traffic, SECONDS, BYTES);
    const verdict = judge(run, traffic);
    const ratio = run.zstdOctets / run.shippedOctets;
    const { messages, ...octets } = run;
    const rows = [
      ['rows as JSON lines', `${octets.lineOctets}`],
      ['zstd -3 of them', `${octets.zstdOctets}`],
      ['digests', `${octets.shippedOctets}`],
      ['times less', ratio.toFixed(1)],
      ['CPU a query in the capture worker, ns', cost.note.toFixed(0)],
      ['sealing a period there, ms', cost.seal.toFixed(0)],
      ['packing it in the merge thread, ms', cost.pack.toFixed(0)],
    ];
    say(tableText(['what', ''], rows));
    say(JSON.stringify(verdict));
    return { ...octets, messages: messages.length, ratio, verdict, cost };
  },
};

/** The accumulator by itself, told of exchanges as they come. */
function measureCost(): { note: number; seal: number; pack: number } {
  const accumulator = new DnsAccumulator({ sizes: sizesOf(BYTES), seeds: [1, 2, 3] });
  const random = randomFillSync(new Uint32Array(1 << 20));
  const ends = Uint32Array.of(0, 0, 0xffff, 0, 0, 0, 0xffff, 0xc0000201);
  const names = Array.from({ length: NAMES }, (_, i) => `www.name${i}.example`);
  const common = { serverPort: 53, opcode: 0, hasQuery: true, hasReply: true, qtype: 1, rcode: 0, rtt: 0.02, ends };
  const from = performance.now();
  for (const [i, word] of random.entries()) {
    ends[3] = 0x0a000000 + (word % CLIENTS);
    const name = names[Math.floor(NAMES ** ((word >>> 11) / 2 ** 21))]!;
    const answers = [{ owner: name, rrtype: 1, rdata: '192.0.2.1', ttl: 60 }];
    accumulator.note({ ...common, name, time: i / RATE, answers, answerCount: 1 } satisfies DnsObservation);
  }
  const noted = performance.now();
  const span = { tap: 'tap0', start: 0, seconds: SECONDS, coveredFrom: 0, coveredTo: SECONDS };
  const sealed = accumulator.seal(span);
  const done = performance.now();
  packDigest(sealed);
  const packed = performance.now();
  return { note: ((noted - from) * 1e6) / random.length, seal: done - noted, pack: packed - done };
}
