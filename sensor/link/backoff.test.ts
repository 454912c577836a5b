import { expect, test } from 'vitest';
import { nextDelay } from './backoff.ts';

/** Numbers of [0, 1), the same each time. */
function randoms(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
}

test('a thousand sensors that lost one manager come back over seconds, not at once', () => {
  const first = randoms(1000).map((random) => nextDelay('lost', 1, random));
  for (let second = 0; second < 4; second++) {
    const count = first.filter((delay) => Math.floor(delay / 1000) === second).length;
    expect(count).toBeGreaterThan(180);
    expect(count).toBeLessThan(320);
  }
  // The busiest tenth of a second of a manager that stays away gets emptier and emptier.
  const busiest = (failures: number): number => {
    const slots = new Map<number, number>();
    for (const random of randoms(1000)) {
      const slot = Math.floor(nextDelay('lost', failures, random) / 100);
      slots.set(slot, (slots.get(slot) ?? 0) + 1);
    }
    return Math.max(...slots.values());
  };
  expect(busiest(1)).toBeLessThan(60);
  expect(busiest(5)).toBeLessThan(15);
});

test('waits grow to a minute and no further, longer when the manager is busy or refuses', () => {
  expect(nextDelay('lost', 1, 0)).toBe(0);
  const most = (outcome: 'lost' | 'busy' | 'refused', failures: number): number =>
    Math.round(nextDelay(outcome, failures, 1 - Number.EPSILON) / 1000);
  expect([0, 1, 2, 3, 4, 5, 6, 50].map((failures) => most('lost', failures))).toEqual([4, 4, 8, 16, 32, 60, 60, 60]);
  expect([1, 2, 3, 4].map((failures) => most('busy', failures))).toEqual([15, 30, 60, 60]);
  expect([nextDelay('refused', 1, 0), most('refused', 9)]).toEqual([60_000, 120]);
});
