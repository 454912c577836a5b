import { expect, test } from 'vitest';
import { BlindClock } from './blindClock.ts';

test('time counts as blind from the look that found it so to the one that found it over', () => {
  const blind = new BlindClock(0, false);
  blind.look(1000, false);
  blind.look(1300, true);
  expect(blind.take(2000)).toBe(700);
  blind.look(2500, false);
  blind.look(9000, false);
  expect(blind.take(9000)).toBe(500);
  expect(blind.take(9999)).toBe(0);
});
