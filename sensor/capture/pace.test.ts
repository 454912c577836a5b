import { expect, test } from 'vitest';
import { PacketBatch } from '../../core/packet/batch.ts';
import { Pace } from './pace.ts';

test('a long gap is not slept through when the replay is to stop', () => {
  const batch = new PacketBatch(1);
  batch.count = 1;
  const pace = new Pace(10);
  let now = 0;
  let asked = 0;
  const waitUntil = (seconds: number, stopAt: number): void => {
    batch.seconds[0] = seconds;
    pace.wait(
      batch,
      () => (now += 20),
      () => (asked += 1) === stopAt,
    );
  };
  waitUntil(1000, 1);
  expect(asked).toBe(0);
  // A second of the capture is a tenth here.
  waitUntil(1001, -1);
  expect(asked).toBeGreaterThan(2);
  asked = 0;
  waitUntil(1000 + 3600, 2);
  expect(asked).toBe(2);
});
