import { expect, test } from 'vitest';
import { readFrames } from './frames.ts';

/** What is taken of the frames, and whether they were read to their end. */
function read(...octets: number[]): { taken: number[][]; isWhole: boolean } {
  const taken: number[][] = [];
  const isWhole = readFrames(Uint8Array.from(octets), (...content) => taken.push(content));
  return { taken, isWhole };
}

test('content of CRYPTO is handed on where it lies, other frames are passed over', () => {
  expect(read(0, 1, 2, 9, 0, 0, 0, 6, 5, 2, 7, 8, 0)).toEqual({ taken: [[5, 10, 12]], isWhole: true });
  expect(read(6, 0, 1, 7, 0x1c, 6, 1, 1, 8)).toEqual({ taken: [[0, 3, 4]], isWhole: true });
});

test.each([
  ['content beyond the packet', [6, 0, 3, 7, 8]],
  ['a length that is cut', [6, 0, 0x40]],
  ['an offset that is cut', [6]],
  ['an acknowledgement that is cut', [2, 9, 0, 5, 0]],
  ['more ranges than are passed over', [2, 9, 0, 0x7f, 0xff, 0, 0]],
  ['a frame that has no place there', [8, 0]],
])('%s ends it', (_name, octets) => {
  expect(read(...octets)).toEqual({ taken: [], isWhole: false });
});
