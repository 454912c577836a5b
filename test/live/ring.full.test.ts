import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeProgram } from '../../core/packet/bpf/program.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import { spread } from '../../core/packet/spread.ts';
import { collect, lossOf, needNamespaces, ringIn, send } from '../support/live.ts';
import { counter, createLink, createPair, inside, namespacesMissing } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';
import { framesOf, pcapOf } from '../support/pcapBytes.ts';
import { udpFrame } from '../support/senderFrames.ts';
import { Tcpdump } from '../support/tcpdump.ts';

let pair: NamespacePair;
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'picket-ring-'));
  if (namespacesMissing() === undefined) pair = createPair('ring', 2);
});
beforeEach(needNamespaces);
afterAll(() => {
  pair?.remove();
  rmSync(directory, { recursive: true });
});

function pcapFile(name: string, frames: Uint8Array[]): string {
  const file = join(directory, name);
  writeFileSync(file, pcapOf(frames));
  return file;
}

const serialOf = (frame: Uint8Array): number =>
  Buffer.from(frame.buffer, frame.byteOffset, frame.length).readUInt32BE(42);
const hex = (frames: Uint8Array[]): string[] => frames.map((frame) => Buffer.from(frame).toString('hex')).sort();

/** A frame with `tags` (TPID and TCI each) in front of its EtherType. */
function tagged(frame: Uint8Array, ...tags: [number, number][]): Uint8Array {
  const middle = tags.flatMap(([tpid, tci]) => [tpid >> 8, tpid & 255, tci >> 8, tci & 255]);
  return Uint8Array.of(...frame.subarray(0, 12), ...middle, ...frame.subarray(12));
}

/** A UDP frame of 10.0.`a` to 10.1.`b`, or a later fragment of one. */
function between(a: number, b: number, serial: number, fragment = false): Uint8Array {
  const frame = udpFrame(100);
  const view = new DataView(frame.buffer);
  view.setUint32(26, 0x0a00_0000 + a);
  view.setUint32(30, 0x0a01_0000 + b);
  view.setUint32(42, serial);
  if (fragment) view.setUint16(20, 100);
  return frame;
}

test('receives every packet, the same bytes as tcpdump', async () => {
  const count = 20_000;
  const file = join(directory, 'judge.pcap');
  const judge = await Tcpdump.start(pair.b, 'vb', file);
  const source = ringIn(pair.b, ['vb']);
  const before = Date.now() / 1000;
  const sent = send(pair.a, { interface: 'va', count, rate: 20_000, pattern: 'addresses:300' });
  const packets = collect(source, count);
  expect(await sent).toBe(count);
  const { captured, dropped } = await judge.stop(count);
  expect({ captured, dropped, ...lossOf(source) }).toEqual({
    captured: count,
    dropped: 0,
    kernel: 0,
    freezes: 0,
    nic: 0,
    blindMillis: 0,
  });
  expect(packets.length).toBe(count);
  expect(new Set(packets.map(({ frame }) => serialOf(frame))).size).toBe(count);
  expect(hex(packets.map(({ frame }) => frame))).toEqual(hex(framesOf(readFileSync(file))));
  for (const { len, frame, linkType, vlanTci, time } of packets) {
    expect([len, frame.length, linkType, vlanTci]).toEqual([100, 100, LinkType.EN10MB, -1]);
    expect(time > before - 1 && time < before + 60).toBe(true);
  }
  source.close();
});

test('puts VLAN tags back as they were sent', async () => {
  const frames = [
    between(1, 1, 1),
    tagged(between(1, 1, 2), [0x8100, 0x6123]),
    tagged(between(1, 1, 3), [0x88a8, 0x0064], [0x8100, 0x00c8]),
    tagged(between(1, 1, 4), [0x8100, 0]),
    tagged(between(1, 1, 5), [0x8100, 0x0fff], [0x8100, 1], [0x8100, 2]),
  ];
  const source = ringIn(pair.b, ['vb']);
  const sent = send(pair.a, {
    interface: 'va',
    count: frames.length,
    pattern: `pcap:${pcapFile('vlan.pcap', frames)}`,
  });
  const packets = collect(source, frames.length);
  await sent;
  expect(packets.map(({ frame }) => frame.toString('hex'))).toEqual(
    frames.map((frame) => Buffer.from(frame).toString('hex')),
  );
  expect(packets.map(({ len }) => len)).toEqual(frames.map((frame) => frame.length));
  expect(packets.map(({ vlanTci }) => vlanTci)).toEqual([-1, 0x6123, 0x64, 0, 0xfff]);
  source.close();
});

test('sees no packet of the loopback interface twice', async () => {
  const source = ringIn(pair.a, ['lo']);
  const sent = send(pair.a, { interface: 'lo', count: 500, rate: 5000, taps: true });
  const packets = collect(source, 500);
  expect(await sent).toBe(500);
  expect(new Set(packets.map(({ frame }) => serialOf(frame))).size).toBe(500);
  expect(packets.length).toBe(500);
  expect(packets[0]!.linkType).toBe(LinkType.EN10MB);
  source.close();
});

test('reads several interfaces into one tap', async () => {
  const source = ringIn(pair.b, ['vb', 'vb1']);
  const sent = Promise.all([
    send(pair.a, { interface: 'va', count: 2000, rate: 20_000 }),
    send(pair.a, { interface: 'va1', count: 3000, rate: 20_000, first: 10_000 }),
  ]);
  const packets = collect(source, 5000);
  expect(await sent).toEqual([2000, 3000]);
  const serials = (number: number): Set<number> =>
    new Set(packets.filter((packet) => packet.interface === number).map(({ frame }) => serialOf(frame)));
  expect(packets.length).toBe(5000);
  expect([serials(0).size, serials(1).size]).toEqual([2000, 3000]);
  expect(Math.max(...serials(0))).toBe(1999);
  expect(Math.min(...serials(1))).toBe(10_000);
  expect(source.interfaces.map(({ name }) => name)).toEqual(['vb', 'vb1']);
  const times = packets.map(({ time }) => time);
  expect(times).toEqual(times.toSorted((a, b) => a - b));

  // An interface without packets, or that is down, holds the other one's up for a moment at most.
  const more = send(pair.a, { interface: 'va', count: 500, rate: 20_000 });
  expect(collect(source, 500).length).toBe(500);
  await more;
  inside(pair.b, 'ip', 'link', 'set', 'vb1', 'down');
  const last = send(pair.a, { interface: 'va', count: 500, rate: 20_000 });
  expect(collect(source, 500).length).toBe(500);
  await last;
  inside(pair.b, 'ip', 'link', 'set', 'vb1', 'up');
  source.close();
});

test('the kernel runs the filter, and cuts to the snap length', async () => {
  // Packets with an even serial number.
  const filter = makeProgram([
    [0x30, 0, 0, 45],
    [0x54, 0, 0, 1],
    [0x15, 0, 1, 0],
    [0x06, 0, 0, 0xffff_ffff],
    [0x06, 0, 0, 0],
  ]);
  const source = ringIn(pair.b, ['vb'], { filter, snaplen: 60 });
  const sent = send(pair.a, { interface: 'va', count: 1000, rate: 20_000 });
  const packets = collect(source, 500);
  await sent;
  expect(packets.map(({ frame }) => serialOf(frame))).toEqual(Array.from({ length: 500 }, (_, i) => i * 2));
  expect(new Set(packets.map(({ frame, len }) => `${frame.length} ${len}`))).toEqual(new Set(['60 100']));
  source.close();
});

test('what does not fit into the ring is counted', async () => {
  const source = ringIn(pair.b, ['vb'], { ringBytes: 1 << 18, blockBytes: 1 << 17, batchCapacity: 100 });
  const count = 20_000;
  expect(await send(pair.a, { interface: 'va', count, rate: 50_000 })).toBe(count);
  const packets = collect(source, 1);
  const { kernel, freezes } = lossOf(source);
  expect(packets.length + kernel).toBe(count);
  expect(kernel).toBeGreaterThan(0);
  expect(freezes).toBeGreaterThan(0);
  expect(lossOf(source).kernel).toBe(0);
  source.close();
});

test('at full speed every packet is seen or counted as dropped', async () => {
  const source = ringIn(pair.b, ['vb'], { ringBytes: 64 << 20 });
  const before = counter(pair.a, 'va', 'tx_packets');
  const sending = { ended: false };
  const sent = send(pair.a, { interface: 'va', count: 500_000, pattern: 'flows' }).finally(() => {
    sending.ended = true;
  });
  let seen = 0;
  let octets = 0;
  for (let idle = 0; !sending.ended || idle < 3; await setImmediate()) {
    const batch = source.next(50);
    if (batch === 'idle') {
      idle++;
      continue;
    }
    idle = 0;
    seen += batch.count;
    for (let i = 0; i < batch.count; i++) octets += batch.len[i]!;
    batch.release();
  }
  expect(await sent).toBe(500_000);
  expect(counter(pair.a, 'va', 'tx_packets') - before).toBe(500_000);
  expect(seen + lossOf(source).kernel).toBe(500_000);
  expect(octets).toBe(seen * 100);
  source.close();
});

test('several rings give up order before they give up packets', async () => {
  const source = ringIn(pair.b, ['vb', 'lo'], { ringBytes: 4 << 20, blockTimeoutMillis: 5000, batchCapacity: 500 });
  const count = 30_000;
  const sent = send(pair.a, { interface: 'va', count, rate: 30_000 });
  let seen = 0;
  // By time alone nothing would come for five seconds; the ring holds about a third of a second.
  for (const end = performance.now() + 3000; performance.now() < end && seen < count / 2;) {
    const batch = source.next(20);
    if (batch === 'idle') continue;
    seen += batch.count;
    batch.release();
  }
  expect(seen).toBeGreaterThanOrEqual(count / 2);
  expect(lossOf(source).kernel).toBe(0);
  seen += collect(source, count - seen).length;
  expect([await sent, seen, lossOf(source).kernel]).toEqual([count, count, 0]);
  source.close();
});

test('a block that is held stays, and is given back by the last holder', async () => {
  const finished: number[] = [];
  const source = ringIn(pair.b, ['vb'], { onBlock: (block) => finished.push(block) });
  await send(pair.a, { interface: 'va', count: 10 });
  let batch = source.next(1000);
  while (batch === 'idle') batch = source.next(1000);
  source.hold(batch.block);
  const block = batch.block;
  expect(finished).toEqual([block]);
  const at = batch.offset[0]!;
  const copy = Buffer.from(batch.bytes.subarray(at, at + 100));
  const { bytes } = batch;
  batch.release();
  expect(source.next(50)).toBe('idle');
  await send(pair.a, { interface: 'va', count: 1000, rate: 20_000, first: 5000 });
  expect(collect(source, 1000).length).toBeGreaterThanOrEqual(1000);
  expect(Buffer.from(bytes.subarray(at, at + 100)).equals(copy)).toBe(true);
  const { references, firstBlock } = source.memory[0]!;
  expect(new Int32Array(references)[block - firstBlock]).toBe(2);
  source.drop(block);
  expect(new Int32Array(references)[block - firstBlock]).toBe(0);
  source.close();
});

test.each<['arriving' | 'leaving', 'a' | 'b', string]>([
  ['arriving', 'b', 'vb'],
  ['leaving', 'a', 'va'],
])('fanout splits %s packets and keeps both directions and fragments of a pair together', async (_, end, name) => {
  const frames: Uint8Array[] = [];
  for (let i = 0; i < 100; i++) {
    const forth = between(i, i, i);
    const back = between(i, i, i);
    back.set(forth.subarray(26, 30), 30);
    back.set(forth.subarray(30, 34), 26);
    frames.push(
      forth,
      back,
      between(i, i, i, true),
      tagged(forth, [0x8100, i + 1]),
      tagged(back, [0x88a8, 5], [0x8100, i + 1]),
    );
  }
  const group = { group: process.pid, size: 2 };
  const sources = [0, 1].map((index) => ringIn(pair[end], [name], { fanout: { ...group, index } }));
  const sent = send(pair.a, {
    interface: 'va',
    count: frames.length,
    rate: 5000,
    taps: true,
    pattern: `pcap:${pcapFile('fanout.pcap', frames)}`,
  });
  expect(await sent).toBe(frames.length);
  const got = sources.map((source) => collect(source, 1, 2));
  expect(hex(got.flat().map(({ frame }) => frame))).toEqual(hex(frames));
  for (const [index, packets] of got.entries()) {
    expect(packets.length).toBeGreaterThan(frames.length / 5);
    for (const { frame, linkType } of packets) {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      expect(spread(frame, view, 0, frame.length, linkType) % 2).toBe(index);
    }
  }
  for (const source of sources) source.close();
});

test('an interface that goes down, vanishes, comes back, or was not there is waited for', async () => {
  let now = 0;
  const source = ringIn(pair.b, ['vb7'], { clock: () => now });
  const state = (): string => source.states()[0]!.state;
  const receives = async (): Promise<void> => {
    const sent = send(pair.a, { interface: 'va7', count: 100, rate: 5000 });
    expect(collect(source, 100).length).toBe(100);
    expect(await sent).toBe(100);
  };
  expect(state()).toBe('missing');
  now = 3000;
  createLink(pair, '7');
  expect(source.next(0)).toBe('idle');
  expect(state()).toBe('up');
  expect(lossOf(source).blindMillis).toBe(3000);
  await receives();

  inside(pair.b, 'ip', 'link', 'set', 'vb7', 'down');
  source.next(1000);
  expect(state()).toBe('down');
  now = 8000;
  inside(pair.b, 'ip', 'link', 'set', 'vb7', 'up');
  while (state() !== 'up') {
    source.next(20);
    now += 200;
  }
  expect(lossOf(source).blindMillis).toBe(now - 200 - 3000);
  await receives();

  const again = now;
  inside(pair.a, 'ip', 'link', 'delete', 'va7');
  source.next(1000);
  expect(state()).toBe('missing');
  now += 4000;
  source.next(0);
  expect(lossOf(source).blindMillis).toBe(4000);
  createLink(pair, '7');
  now += 500;
  source.next(0);
  expect(state()).toBe('up');
  expect(lossOf(source).blindMillis).toBe(500);
  expect(now).toBe(again + 4500);
  expect(inside(pair.b, 'ip', '-d', 'link', 'show', 'vb7')).toContain('promiscuity 1');
  await receives();
  expect(lossOf(source)).toEqual({ kernel: 0, freezes: 0, nic: 0, blindMillis: 0 });
  source.close();
  expect(inside(pair.b, 'ip', '-d', 'link', 'show', 'vb7')).toContain('promiscuity 0');
  inside(pair.a, 'ip', 'link', 'delete', 'va7');
});

test('under a fanout group a spare socket takes the place of one whose interface was made anew', async () => {
  let now = 0;
  createLink(pair, '8');
  const source = ringIn(pair.b, ['vb8'], {
    clock: () => now,
    spares: 1,
    fanout: { group: process.pid, size: 2, index: 0 },
  });
  const state = (): string => source.states()[0]!.state;
  const again = (): void => {
    inside(pair.a, 'ip', 'link', 'delete', 'va8');
    createLink(pair, '8');
    now += 2000;
    source.next(0);
  };
  const receives = async (): Promise<void> => {
    const sent = send(pair.a, { interface: 'va8', count: 100, rate: 5000 });
    expect(collect(source, 100).length).toBe(100);
    await sent;
  };
  await receives();
  expect(source.memory.length).toBe(1);
  again();
  expect(state()).toBe('up');
  expect(source.memory.length).toBe(2);
  await receives();
  again();
  expect(state()).toBe('noSocket');
  now += 1000;
  expect(lossOf(source).blindMillis).toBeGreaterThanOrEqual(1000);
  source.close();
  inside(pair.a, 'ip', 'link', 'delete', 'va8');
});
