import { expect, test } from 'vitest';
import { ringShape } from './ringSize.ts';

const MiB = 1 << 20;
const sizes = (ringBytes: number, count: number, blockBytes = MiB): [number, number] => {
  const shape = ringShape({ ringBytes, blockBytes, blockTimeoutMillis: 60, snaplen: 65_535 }, count, 0);
  return [shape.blockBytes, shape.blocks];
};

test('rings share the memory, with 8 blocks or more where the block size allows', () => {
  expect(sizes(64 * MiB, 1)).toEqual([MiB, 64]);
  expect(sizes(64 * MiB, 3)).toEqual([MiB, 21]);
  expect(sizes(MiB, 1)).toEqual([MiB / 8, 8]);
  expect(sizes(MiB, 64)).toEqual([MiB / 8, 2]);
  expect(sizes(4096 * MiB, 1)).toEqual([MiB, 4095]);
  const spare = ringShape({ ringBytes: 4096 * MiB, blockTimeoutMillis: 0, snaplen: 96 }, 1, 3);
  expect(spare).toEqual({ blockBytes: MiB, blocks: 1023, timeoutMillis: 1, snaplen: 96 });
});

test('a block size that the kernel would refuse is refused with its reason', () => {
  expect(() => sizes(MiB, 1, 3000)).toThrow('power of two');
});
