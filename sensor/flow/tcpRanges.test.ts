import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absorbRanges, insertRange } from './tcpHoles.ts';
import { TcpRanges } from './tcpRanges.ts';
import { COLD_END, COLD_RANGES, COLD_WORDS, ColdWord } from './tcpState.ts';

function insert(ranges: TcpRanges, cold: number, low: number, high: number): void {
  ranges.open(cold, true);
  insertRange(ranges.words, ranges.at, low, high, ranges.capacity);
  ranges.close(cold);
}

function listed(ranges: TcpRanges, cold: number): number[] {
  ranges.open(cold, false);
  const { words, at } = ranges;
  const from = at + ColdWord.RANGE;
  const list = [...words.subarray(from, from + 2 * words[at + ColdWord.RANGES]!)];
  ranges.close(cold);
  return list;
}

test('any number of ranges up to sixty is kept exactly, and goes back to the cold words when it can', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 3 })), { maxLength: 80 }), (pieces) => {
      const cold = new Uint32Array(COLD_WORDS);
      const ranges = new TcpRanges(cold);
      const present = new Set<number>();
      let edge = 0;
      for (const [low, length] of pieces) {
        insert(ranges, COLD_END, low, low + length);
        for (let i = low; i < low + length; i++) if (i >= edge) present.add(i);
        while (present.delete(edge)) edge++;
        const expected = [...present].filter((i) => !present.has(i - 1)).toSorted((a, b) => a - b);
        const list = listed(ranges, COLD_END);
        expect(list.filter((_, i) => i % 2 === 0)).toEqual(expected);
        expect(cold[COLD_END + ColdWord.EDGE]).toBe(edge);
        expect(ranges.count).toBe(expected.length > COLD_RANGES ? 1 : 0);
      }
      expect(cold.subarray(0, COLD_END).every((word) => word === 0)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('ends are let go of, the oldest first, and keep their first ranges', () => {
  const ends = 3000;
  const cold = new Uint32Array(COLD_END * ends);
  const ranges = new TcpRanges(cold);
  for (let end = 0; end < ends; end++) {
    for (let i = 1; i <= 6; i++) insert(ranges, end * COLD_END, i * 10, i * 10 + 5);
  }
  expect(ranges.count).toBe(1024);
  expect(listed(ranges, 0)).toEqual([10, 15, 20, 25, 30, 35, 40, 45]);
  expect(listed(ranges, (ends - 1) * COLD_END)).toEqual([10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65]);
  ranges.open((ends - 1) * COLD_END, false);
  ranges.words[ranges.at + ColdWord.EDGE] = 40;
  absorbRanges(ranges.words, ranges.at);
  ranges.close((ends - 1) * COLD_END);
  expect(listed(ranges, (ends - 1) * COLD_END)).toEqual([50, 55, 60, 65]);
  expect(ranges.count).toBe(1023);
});
