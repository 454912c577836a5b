import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import koffi from 'koffi';
import { arrangement } from './senderFrames.ts';
import type { Frames } from './senderFrames.ts';

/**
 * Sends frames out of an interface, as fast as it can or at a rate, and prints `{"sent": n, "seconds": s}` at its end.
 *
 *   ip netns exec NS node test/support/sender.ts --interface va --count 1000 --rate 5000 --pattern addresses:300
 *
 * Patterns: `addresses:N[:M]` UDP from N senders to M receivers (default 1), `flows` a new flow for each packet,
 * `pcap:FILE` the frames of a little-endian pcap file, again and again. All but the last put a serial number (32 bits,
 * big-endian, from `--first`) at the beginning of the UDP payload. It stops after `--count` packets, or `--seconds`,
 * whichever is first. With `--at MILLIS` it begins at that time of the wall clock, so that two senders go in step. With
 * `--taps` captures on the sending interface see the frames too, which costs time.
 */

const BURST = 64;
const AF_PACKET = 17;
const SOL_PACKET = 263;
const PACKET_QDISC_BYPASS = 20;
const EAGAIN = 11;
const ENOBUFS = 105;

const { values } = parseArgs({
  options: {
    interface: { type: 'string' },
    count: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '0' },
    size: { type: 'string', default: '100' },
    pattern: { type: 'string', default: 'addresses:1' },
    seconds: { type: 'string', default: '60' },
    first: { type: 'string', default: '0' },
    at: { type: 'string', default: '0' },
    taps: { type: 'boolean', default: false },
  },
});

const limit = Number(values.count);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const [kind = '', ...rest] = values.pattern.split(':');
const frames = arrangement(kind, rest, Number(values.size), Number(values.first), (file) => readFileSync(file));

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int, int, int)') as (family: number, type: number, protocol: number) => number;
const bind = libc.func('int bind(int, const void *, uint32_t)') as (
  fd: number,
  address: Uint8Array,
  bytes: number,
) => number;
const setsockopt = libc.func('int setsockopt(int, int, int, const void *, uint32_t)') as (
  fd: number,
  level: number,
  option: number,
  value: Uint32Array,
  bytes: number,
) => number;
const nameToIndex = libc.func('uint32_t if_nametoindex(const char *)') as (name: string) => number;
const sendmmsg = libc.func('int sendmmsg(int, void *, uint32_t, int)') as (
  fd: number,
  messages: Uint8Array,
  count: number,
  flags: number,
) => number;

const index = nameToIndex(values.interface ?? '');
if (index === 0) throw new Error(`there is no interface ${values.interface ?? ''}`);
const fd = socket(AF_PACKET, 3, 0);
if (fd < 0) throw new Error('no packet socket: not root?');
const address = new Uint8Array(20);
new DataView(address.buffer).setUint16(0, AF_PACKET, true);
new DataView(address.buffer).setInt32(4, index, true);
if (bind(fd, address, address.length) !== 0) throw new Error(`bind failed: errno ${koffi.errno()}`);
if (!values.taps) setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, Uint32Array.of(1), 4);

process.stdout.write(`${JSON.stringify(send(frames))}\n`);

function send(source: Frames): { sent: number; seconds: number } {
  const memory = new Uint8Array(BURST * source.room);
  const base = koffi.address(memory);
  const vectors = new BigUint64Array(BURST * 2);
  const messages = new Uint8Array(BURST * 64);
  const view = new DataView(messages.buffer);
  for (let i = 0; i < BURST; i++) {
    vectors[i * 2] = base + BigInt(i * source.room);
    view.setBigUint64(i * 64 + 16, koffi.address(vectors) + BigInt(i * 16), true);
    view.setBigUint64(i * 64 + 24, 1n, true);
  }
  const lengths = new Uint32Array(vectors.buffer);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let left = Number(values.at) - Date.now(); left > 0; left = Number(values.at) - Date.now())
    Atomics.wait(pause, 0, 0, left);
  const start = performance.now();
  const stop = start + seconds * 1000;
  let sent = 0;
  while (sent < limit) {
    const now = performance.now();
    if (now >= stop) break;
    const due = rate === 0 ? limit : Math.min(limit, Math.floor(((now - start) * rate) / 1000) + 1);
    const burst = Math.min(BURST, due - sent);
    if (burst <= 0) {
      Atomics.wait(pause, 0, 0, 1);
      continue;
    }
    for (let i = 0; i < burst; i++) lengths[i * 4 + 2] = source.write(memory, i * source.room, sent + i);
    let done = 0;
    while (done < burst) {
      const taken = sendmmsg(fd, done === 0 ? messages : messages.subarray(done * 64), burst - done, 0);
      if (taken > 0) {
        done += taken;
        continue;
      }
      const errno = koffi.errno();
      if ((errno !== ENOBUFS && errno !== EAGAIN) || performance.now() >= stop) break;
      Atomics.wait(pause, 0, 0, 1);
    }
    sent += done;
    if (done < burst) break;
  }
  return { sent, seconds: (performance.now() - start) / 1000 };
}
