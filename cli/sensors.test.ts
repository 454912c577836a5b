import { expect, test } from 'vitest';
import type { Answer, SensorRow } from '../proto/api.ts';
import { command } from './sensors.ts';

const row = {
  sensor: 'oslo/a',
  connected: true,
  replay: false,
  taps: ['t'],
  lagSeconds: 3,
  octets: 0,
  lastSeen: null,
  packets: { seen: 1, nic: 0, kernel: 0, shed: 0, unrecorded: 0 },
  clockOffsetSeconds: 0.2,
  clockUncertaintySeconds: 0.1,
  refused: 0,
  unreadable: 0,
  quarantined: 0,
} as unknown as SensorRow;

function linesOf(...rows: SensorRow[]): string[] {
  const answer = { rows } as unknown as Answer<'sensors'>;
  return command
    .print(answer, { color: false, utc: true } as never)
    .trimEnd()
    .split('\n');
}

test('what is wrong with a sensor stands under the table, in plain characters', () => {
  expect(linesOf(row)).toHaveLength(2);
  const bad = { ...row, sensor: 'lima/\u001b[31m', clockOffsetSeconds: -7200, quarantined: 12, refused: 1 };
  const [, , , told, ...more] = linesOf(row, bad);
  expect(told).toMatch(/^lima\/.*: its clock is .* behind; 12 parts from the future are in no answer; 1 links? /);
  expect(told).not.toContain('\u001b');
  expect(more).toEqual([]);
});
