import { expect, test } from 'vitest';
import { compareUnion, pairsOf } from './union.ts';

const about = (estimate: number) => ({ estimate, lower: estimate * 0.97, upper: estimate * 1.03, exact: false });
const sites = (...counts: number[]) => counts.map((count, i) => ({ site: `s${i}`, value: about(count) }));

test('what adding up counts again is told where it is more than the errors', () => {
  const union = compareUnion(about(34_000), sites(20_000, 20_000));
  expect(union).toMatchObject({ sum: 40_000, again: 6000, scale: 40_000 });
  expect(compareUnion(about(39_500), sites(20_000, 20_000)).again).toBe(0);
  expect(compareUnion(about(41_000), sites(20_000, 20_000))).toMatchObject({ again: 0, scale: 41_000 * 1.03 });
});

test('one site and none have nothing to compare', () => {
  expect(compareUnion(about(10), sites(20))).toMatchObject({ again: 0 });
  expect(compareUnion(about(0), [])).toMatchObject({ sum: 0, scale: 1 });
});

test('pairs of a few sites', () => {
  expect(pairsOf(['a', 'b', 'c'])).toEqual([
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ]);
  expect([pairsOf(['a']), pairsOf(['a', 'b', 'c', 'd', 'e'])]).toEqual([[], []]);
});
