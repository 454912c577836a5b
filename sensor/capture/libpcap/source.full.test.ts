import koffi from 'koffi';
import { expect, test, type TestContext } from 'vitest';

import { systemClock } from '../../../runtime/clock.ts';
import { createLink, createPair, inside, namespacesMissing, within } from '../../../test/support/namespaces.ts';
import type { LibpcapOptions } from './handle.ts';
import { LibpcapSource } from './source.ts';

const options: LibpcapOptions = {
  interface: 'vb',
  snaplen: 262144,
  promiscuous: true,
  bufferBytes: 8 << 20,
  timeoutMillis: 20,
};

function needNamespaces(context: TestContext): void {
  const missing = namespacesMissing();
  if (missing === undefined) return;
  if (process.env['CI']) throw new Error(missing);
  context.skip(missing);
}

/** Sends frames out of an interface of this thread's namespace. */
function sendFrames(name: string, frames: readonly Uint8Array[]): void {
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)') as (family: number, type: number, protocol: number) => number;
  const toIndex = libc.func('uint32_t if_nametoindex(const char *)') as (name: string) => number;
  const sendto = libc.func('int64_t sendto(int, const void *, size_t, int, const void *, uint32_t)') as (
    fd: number,
    frame: Uint8Array,
    bytes: number,
    flags: number,
    address: Uint8Array,
    addressBytes: number,
  ) => number | bigint;
  const close = libc.func('int close(int)') as (fd: number) => number;
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, 17, true);
  view.setInt32(4, toIndex(name), true);
  const fd = socket(17, 3, 0);
  try {
    for (const frame of frames) {
      const sent = Number(sendto(fd, frame, frame.length, 0, address, address.length));
      if (sent !== frame.length) throw new Error(`sendto answered ${sent}, errno ${koffi.errno()}`);
    }
  } finally {
    close(fd);
  }
}

/** Ethernet, IPv4, UDP to a port, with the serial number in the payload; tagged with VLAN `vlan` unless 0. */
function udpFrame(serial: number, size: number, port: number, vlan = 0): Uint8Array {
  const tag = vlan === 0 ? 0 : 4;
  const frame = new Uint8Array(size);
  const view = new DataView(frame.buffer);
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
  if (vlan !== 0) view.setUint32(12, 0x81000000 + vlan);
  view.setUint16(12 + tag, 0x800);
  const ip = 14 + tag;
  frame[ip] = 0x45;
  view.setUint16(ip + 2, size - ip);
  frame[ip + 8] = 64;
  frame[ip + 9] = 17;
  view.setUint32(ip + 12, 0x0a000001);
  view.setUint32(ip + 16, 0xc0a80001);
  view.setUint16(ip + 20, 40000);
  view.setUint16(ip + 22, port);
  view.setUint16(ip + 24, size - ip - 20);
  view.setUint32(ip + 28, serial);
  return frame;
}

interface Received {
  nanos: bigint;
  caplen: number;
  len: number;
  bytes: Uint8Array;
}

/** Takes `count` packets, and whatever comes until the source is idle after them. */
function receive(source: LibpcapSource, count: number): Received[] {
  const packets: Received[] = [];
  for (let idle = 0; idle < 30;) {
    const batch = source.next(100);
    if (batch === 'idle') {
      if (packets.length >= count) break;
      idle++;
      continue;
    }
    for (let i = 0; i < batch.count; i++) {
      const offset = batch.offset[i]!;
      packets.push({
        nanos: BigInt(batch.seconds[i]!) * 1_000_000_000n + BigInt(batch.nanos[i]!),
        caplen: batch.caplen[i]!,
        len: batch.len[i]!,
        bytes: batch.bytes.slice(offset, offset + batch.caplen[i]!),
      });
    }
    batch.release();
  }
  return packets;
}

const noLoss = () => ({ kernel: 0, freezes: 0, nic: 0, blindMillis: 0 });

test('every packet sent is received, in order, whole, with its time and length', (context) => {
  needNamespaces(context);
  const pair = createPair('pcap');
  try {
    const source = within(pair.b, () => new LibpcapSource(options, systemClock()));
    expect(source.interfaces).toEqual([{ name: 'vb', linkType: 1, snaplen: 262144 }]);
    const frames = Array.from({ length: 3000 }, (_, i) => udpFrame(i, 60 + (i % 1400), 53, i % 3 === 0 ? 1234 : 0));
    const before = BigInt(Date.now()) * 1_000_000n;
    within(pair.a, () => sendFrames('va', frames));
    const after = (BigInt(Date.now()) + 1n) * 1_000_000n;
    const packets = receive(source, frames.length);
    expect(packets.length).toBe(frames.length);
    // The tag that the kernel takes off is in its place again.
    for (const [i, packet] of packets.entries()) {
      const frame = frames[i]!;
      expect(packet.len).toBe(frame.length);
      expect(Buffer.compare(packet.bytes, frame)).toBe(0);
      expect(packet.nanos >= (i === 0 ? before : packets[i - 1]!.nanos)).toBe(true);
    }
    expect(packets.at(-1)!.nanos <= after).toBe(true);
    // Whole nanoseconds, not microseconds with zeros behind.
    expect(packets.some((packet) => packet.nanos % 1000n !== 0n)).toBe(true);
    const loss = noLoss();
    within(pair.b, () => source.takeLoss(loss));
    expect(loss).toEqual(noLoss());
    source.close();
  } finally {
    pair.remove();
  }
});

test('a filter means the same as on a stored capture, tagged frames included', (context) => {
  needNamespaces(context);
  const pair = createPair('pcap');
  try {
    const frames = Array.from({ length: 200 }, (_, i) => udpFrame(i, 100, 50 + (i % 4), i % 5 === 0 ? 7 : 0));
    const cases: readonly (readonly [string, (i: number) => boolean])[] = [
      ['udp port 53', (i) => i % 4 === 3 && i % 5 !== 0],
      ['vlan 7', (i) => i % 5 === 0],
      ['vlan 7 and udp port 53', (i) => i % 4 === 3 && i % 5 === 0],
      ['not vlan', (i) => i % 5 !== 0],
      // A shift that the kernel would reckon otherwise: by 64, which leaves nothing here and everything there.
      ['udp and 1 << ip[8] = 0', (i) => i % 5 !== 0],
    ];
    for (const [filter, selected] of cases) {
      const source = within(pair.b, () => new LibpcapSource({ ...options, filter }, systemClock()));
      within(pair.a, () => sendFrames('va', frames));
      const wanted = frames.filter((_, i) => selected(i));
      const received = receive(source, wanted.length);
      expect(received.map((packet) => Buffer.from(packet.bytes).toString('hex'))).toEqual(
        wanted.map((frame) => Buffer.from(frame).toString('hex')),
      );
      source.close();
    }
    const broken = { ...options, filter: 'tcp prot 80' };
    expect(() => within(pair.b, () => new LibpcapSource(broken, systemClock()))).toThrow(
      'filter: "tcp prot 80": syntax error',
    );
  } finally {
    pair.remove();
  }
});

test('packets that find no room in the buffer are counted, once', (context) => {
  needNamespaces(context);
  const pair = createPair('pcap');
  try {
    const source = within(pair.b, () => new LibpcapSource({ ...options, bufferBytes: 1 << 20 }, systemClock()));
    const count = 5000;
    within(pair.a, () =>
      sendFrames(
        'va',
        Array.from({ length: count }, (_, i) => udpFrame(i, 1400, 53)),
      ),
    );
    const loss = noLoss();
    const received = receive(source, 1);
    within(pair.b, () => source.takeLoss(loss));
    expect(loss.kernel).toBeGreaterThan(0);
    expect(received.length + loss.kernel).toBe(count);
    const again = noLoss();
    within(pair.b, () => source.takeLoss(again));
    expect(again).toEqual(noLoss());
    source.close();
  } finally {
    pair.remove();
  }
});

test('an interface that goes down, and one that is made anew, is captured again, and the gap is told', (context) => {
  needNamespaces(context);
  const pair = createPair('pcap');
  try {
    const source = within(pair.b, () => new LibpcapSource(options, systemClock()));
    const next = (): ReturnType<LibpcapSource['next']> => within(pair.b, () => source.next(20));
    const untilCondition = (there: boolean): void => {
      for (let i = 0; i < 500 && (source.condition() !== undefined) !== there; i++) next();
      expect(source.condition() !== undefined).toBe(there);
    };
    const oneArrives = (serial: number): void => {
      within(pair.a, () => sendFrames('va', [udpFrame(serial, 99, 53)]));
      const packets = within(pair.b, () => receive(source, 1));
      expect(packets.map((packet) => packet.len)).toEqual([99]);
    };
    oneArrives(1);

    inside(pair.b, 'ip', 'link', 'set', 'vb', 'down');
    untilCondition(true);
    for (let i = 0; i < 5; i++) expect(next()).toBe('idle');
    inside(pair.b, 'ip', 'link', 'set', 'vb', 'up');
    untilCondition(false);
    oneArrives(2);
    const loss = noLoss();
    source.takeLoss(loss);
    expect(loss.blindMillis).toBeGreaterThanOrEqual(5 * 20);

    inside(pair.b, 'ip', 'link', 'delete', 'vb');
    untilCondition(true);
    createLink(pair);
    untilCondition(false);
    oneArrives(3);
    source.close();
  } finally {
    pair.remove();
  }
});

test('an interface that is not there is named', (context) => {
  needNamespaces(context);
  expect(() => new LibpcapSource({ ...options, interface: 'picket-none' }, systemClock())).toThrow(
    /^could not capture on picket-none: there is no such interface/,
  );
});
