import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { join } from '../../../core/packet/build/octets.ts';
import { ZstdFrames } from './zstdFrames.ts';

const { ZSTD_c_checksumFlag: checksum, ZSTD_c_contentSizeFlag: contentSize } = zlib.constants;
const skippable = Uint8Array.of(0x57, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
const emptySkippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);

function frames(): Uint8Array[] {
  const bodies = [0, 1, 300, 70_000, 400_000].map((length) => Uint8Array.from({ length }, (_, i) => (i * i) >>> 5));
  const options = [{}, { params: { [checksum]: 1 } }, { params: { [contentSize]: 0 } }];
  return [
    skippable,
    emptySkippable,
    ...bodies.flatMap((body) => options.map((option) => zlib.zstdCompressSync(body, option))),
  ];
}

test('the end of every frame is found, in pieces of any length', () => {
  const list = frames();
  const bytes = join(...list);
  for (const size of [1, 3, 1000, bytes.length]) {
    const found = new ZstdFrames();
    const ends = new Set<number>();
    let at = 0;
    for (let start = 0; start < bytes.length; start += size) {
      const piece = bytes.subarray(start, start + size);
      for (let used = 0; used < piece.length; at = start + used) {
        const octets = found.advance(piece, used);
        expect(octets).toBeGreaterThan(0);
        used += octets;
        if (used < piece.length) ends.add(start + used);
      }
    }
    expect(at).toBe(bytes.length);
    if (size < bytes.length) continue;
    let end = 0;
    const expected = list.map((frame) => (end += frame.length)).slice(0, -1);
    expect([...ends]).toEqual(expected);
  }
});

test('what is no frame is one piece', () => {
  const frame = zlib.zstdCompressSync(Uint8Array.of(1, 2, 3));
  const found = new ZstdFrames();
  const bytes = join(frame, new Uint8Array(100).fill(7));
  expect(found.advance(bytes, 0)).toBe(frame.length);
  expect(found.advance(bytes, frame.length)).toBe(100);
  expect(found.advance(bytes, 0)).toBe(bytes.length);
});
