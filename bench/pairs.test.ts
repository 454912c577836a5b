import { expect, test } from 'vitest';
import { timeBlocks } from './blockTimer.ts';
import { comparePairs, spread, spreadText } from './pairs.ts';
import { timeProcess, whereIs } from './processTime.ts';
import { tableText } from './tableText.ts';

const cost = (cpuSeconds: number) => ({ wallSeconds: 2 * cpuSeconds, cpuSeconds, status: 0, complaint: '' });

test('the middle of an even number of values is between the two in the middle', () => {
  expect(spread([4, 1, 2, 10])).toEqual({ min: 1, median: 3, max: 10 });
  expect(spread([5])).toEqual({ min: 5, median: 5, max: 5 });
  expect(spreadText(spread([1, 2, 3]), 1)).toBe('2.0 (1.0 - 3.0)');
});

test('pairs change their order and are compared pair by pair', () => {
  const order: string[] = [];
  let n = 0;
  const result = comparePairs(
    3,
    () => (order.push('a'), cost(++n)),
    () => (order.push('b'), cost(1)),
  );
  expect(order.join('')).toBe('abbaab');
  expect(result.ratio.cpu).toEqual({ min: 1, median: 2, max: 3 });
  expect(result.ours.wallSeconds.max).toBe(6);
});

test('a process is measured with its status and what it complained of', () => {
  const run = timeProcess(['sh', '-c', 'echo out; echo "no such thing" >&2; exit 3']);
  expect(run).toMatchObject({ status: 3, complaint: 'no such thing' });
  expect(run.wallSeconds).toBeGreaterThanOrEqual(0);
  expect(whereIs('sh')).toMatch(/^\//);
  expect(whereIs('no-such-command-here')).toBeUndefined();
});

test('a table has its columns under each other', () => {
  expect(
    tableText(
      ['what', 'ns'],
      [
        ['read', '1.5'],
        ['decode', '12'],
      ],
    ),
  ).toBe('what     ns\n------  ---\nread    1.5\ndecode   12\n');
});

test('work is warmed up, then measured in as many blocks as asked for, each figure an item', () => {
  let calls = 0;
  const work = { name: 'count', items: 10, run: () => void (calls += 1) };
  const cost = timeBlocks(work, { blocks: 3, blockMillis: 1, warmMillis: 1 });
  expect(cost).toMatchObject({ name: 'count', items: 10, blocks: 3 });
  expect(cost.nanos.min).toBeLessThanOrEqual(cost.nanos.median);
  expect(calls).toBeGreaterThan(3);
});
