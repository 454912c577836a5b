import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PacketBatch } from '../../../core/packet/batch.ts';
import { join } from '../../../core/packet/build/octets.ts';
import { encodeInterface, encodeSectionHeader } from '../../../core/packet/file/pcapngWriter.ts';
import { nanoEra } from '../../../core/packet/file/timestamp.ts';
import { toPcap, toPcapng } from '../../../test/captures/captureBytes.ts';
import { makeMixedCapture } from '../../../test/captures/mixed.ts';
import { readCapture } from '../../../test/captures/readCapture.ts';
import type { SourceInterface } from '../source.ts';
import { createCaptureWriter, outputFormat } from './captureWriter.ts';
import { FileSource } from './fileSource.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'picket-writer-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));
const at = (name: string): string => path.join(directory, name);

const mixed = makeMixedCapture({ seed: 5, flows: 100, packets: 3000 });
const ethernet: SourceInterface = { name: 'eth0', linkType: 1, snaplen: 96 };

/** Copies files to one as `picket read -w` does. */
async function copy(paths: readonly string[], output: string): Promise<void> {
  const source = new FileSource({ paths });
  const writer = createCaptureWriter(output, source);
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    for (let i = 0; i < batch.count; i++) writer.write(batch, i);
  }
  writer.close();
  source.close();
}

/** A batch of one packet of two octets. */
function single(packet: { seconds?: number; nanos?: number; linkType?: number; interface?: number }): PacketBatch {
  const batch = new PacketBatch(1);
  batch.setBytes(Uint8Array.of(7, 8, 9));
  batch.count = 1;
  batch.offset[0] = 1;
  batch.caplen[0] = 2;
  batch.len[0] = 60;
  batch.seconds[0] = packet.seconds ?? 1000;
  batch.nanos[0] = packet.nanos ?? 0;
  batch.linkType[0] = packet.linkType ?? 1;
  batch.interface[0] = packet.interface ?? 0;
  return batch;
}

test('a copy has the same octets, lengths and times, in either format', async () => {
  const nano = at('in.pcap');
  fs.writeFileSync(nano, toPcap(mixed.packets));
  await copy([nano], at('out.pcap'));
  expect(fs.readFileSync(at('out.pcap')).equals(toPcap(mixed.packets))).toBe(true);
  await copy([nano], at('out.pcapng'));
  const before = readCapture(fs.readFileSync(nano)).packets;
  expect(readCapture(fs.readFileSync(at('out.pcapng'))).packets).toEqual(before);
});

test('a pcap file has the resolution of the input', async () => {
  const micro = toPcap(mixed.packets, { nanoseconds: false });
  fs.writeFileSync(at('micro.pcap'), micro);
  await copy([at('micro.pcap')], at('micro-out.pcap'));
  expect(fs.readFileSync(at('micro-out.pcap')).equals(micro)).toBe(true);
  fs.writeFileSync(at('nano.pcapng'), toPcapng(mixed.packets));
  await copy([at('nano.pcapng')], at('nano-out.pcap'));
  expect(fs.readFileSync(at('nano-out.pcap')).equals(toPcap(mixed.packets))).toBe(true);
});

test('a pcapng file has an interface for each of the input, and its name', () => {
  const interfaces = [ethernet, { name: '', linkType: 113, snaplen: 0 }];
  const writer = createCaptureWriter(at('two.pcapng'), { interfaces, subMicrosecond: false });
  const order = [1, 0, 1];
  for (const number of order) writer.write(single({ interface: number, linkType: interfaces[number]!.linkType }), 0);
  writer.close();
  const { packets, interfaces: read, damage } = readCapture(fs.readFileSync(at('two.pcapng')));
  expect(damage).toBeNull();
  expect(read.map((each) => [each.name, each.linkType, each.snaplen])).toEqual([
    ['', 113, 262144],
    ['eth0', 1, 262144],
  ]);
  expect(packets.map((packet) => packet.linkType)).toEqual([113, 1, 113]);
});

test('pcapng holds times of any age', () => {
  const times = [-1, -nanoEra - 5, 0, nanoEra - 1, nanoEra, 2 ** 52 + 3, -(2 ** 52)];
  const writer = createCaptureWriter(at('old.pcapng'), { interfaces: [ethernet], subMicrosecond: true });
  for (const seconds of times) writer.write(single({ seconds, nanos: 999_999_999 }), 0);
  writer.close();
  const { packets, damage } = readCapture(fs.readFileSync(at('old.pcapng')));
  expect(damage).toBeNull();
  expect(packets.map((packet) => [packet.seconds, packet.nanos])).toEqual(
    times.map((seconds) => [seconds, 999_999_999]),
  );
});

test('what pcap has no room for is an error that names pcapng, and leaves no file', () => {
  const cases = [
    [single({}), single({ linkType: 113 })],
    [single({}), single({ seconds: -1 })],
    [single({}), single({ seconds: 2 ** 32 })],
    [single({}), single({ nanos: 1 })],
  ] as const;
  for (const [good, bad] of cases) {
    const writer = createCaptureWriter(at('bad.pcap'), { interfaces: [ethernet], subMicrosecond: false });
    writer.write(good, 0);
    expect(() => writer.write(bad, 0)).toThrow(
      expect.objectContaining({ code: 'capture.format', message: expect.stringContaining('.pcapng') }),
    );
    writer.discard();
  }
  expect(fs.readdirSync(directory).filter((name) => name.includes('bad'))).toEqual([]);
});

test('a file takes its place when it is closed, and not before', () => {
  fs.writeFileSync(at('place.pcap'), 'old');
  const writer = createCaptureWriter(at('place.pcap'), { interfaces: [ethernet], subMicrosecond: false });
  writer.write(single({}), 0);
  expect(fs.readFileSync(at('place.pcap'), 'utf8')).toBe('old');
  writer.close();
  expect(readCapture(fs.readFileSync(at('place.pcap'))).packets.length).toBe(1);
  expect(fs.readdirSync(directory).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a capture without packets is a valid file of the input’s link type', () => {
  const cooked = [{ name: '', linkType: 113, snaplen: 0 }];
  for (const [name, interfaces, linkType] of [
    ['e1.pcap', cooked, 113],
    ['e2.pcapng', cooked, 113],
    ['e3.pcap', [], 1],
    ['e4.pcapng', [], 1],
  ] as const) {
    createCaptureWriter(at(name), { interfaces, subMicrosecond: false }).close();
    const read = readCapture(fs.readFileSync(at(name)));
    expect([read.damage, read.packets, read.reader?.linkTypes]).toEqual([null, [], [linkType]]);
  }
});

test('the ending of the name is the format', () => {
  expect(['a.pcap', 'A.PCAP', 'a.pcapng', '-'].map(outputFormat)).toEqual(['pcap', 'pcap', 'pcapng', 'pcapng']);
  expect(() => outputFormat('a.cap')).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(() => createCaptureWriter(at('no/such/dir.pcap'), { interfaces: [], subMicrosecond: false })).toThrow(
    expect.objectContaining({ code: 'capture.output' }),
  );
});

test('libpcap reads what was written', async (ctx) => {
  if (spawnSync('tcpdump', ['--version']).status !== 0) {
    if (process.env['CI'] !== undefined) throw new Error('tcpdump is not installed');
    ctx.skip('tcpdump is not installed');
  }
  const wide = join(
    encodeSectionHeader(),
    encodeInterface({ linkType: 1, snaplen: 96 }),
    encodeInterface({ linkType: 1, snaplen: 128 }),
  );
  fs.writeFileSync(at('wide.pcapng'), join(wide, toPcapng(mixed.packets)));
  await copy([at('wide.pcapng')], at('judge.pcapng'));
  const counted = spawnSync('tcpdump', ['-r', at('judge.pcapng'), '--count'], { encoding: 'utf8' });
  expect(counted.stdout).toMatch(/^3000 packets/);
});
