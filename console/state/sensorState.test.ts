import { expect, test } from 'vitest';
import type { SensorRow } from '../../proto/api.ts';
import { countKinds, viewRow, viewSensor } from './sensorState.ts';
import type { SensorFacts } from './sensorState.ts';

const facts: SensorFacts = { connected: true, replay: false, heardSeconds: 0, lagSeconds: 6, windowSeconds: 10 };

test.each<[string, Partial<SensorFacts>, string, number | undefined]>([
  ['sends', {}, 'connected', undefined],
  ['is about to send its next window', { lagSeconds: 14 }, 'connected', undefined],
  ['is connected and sends nothing', { lagSeconds: 21 }, 'silent', 21],
  ['has long windows', { lagSeconds: 90, windowSeconds: 60 }, 'connected', undefined],
  ['is gone', { connected: false, heardSeconds: 3 }, 'silent', 3],
  ['was never heard of', { lagSeconds: null }, 'waiting', undefined],
  ['replays', { replay: true, lagSeconds: 9e8 }, 'replay', undefined],
  ['has replayed', { replay: true, connected: false, heardSeconds: 9e5 }, 'replay', undefined],
])('a sensor that %s', (_, more, kind, silentSeconds) => {
  expect(viewSensor({ ...facts, ...more })).toMatchObject({ kind, silentSeconds });
});

test('a sensor that stops sending is silent within 30 s of its last packet, connected or not', () => {
  // The newest window may have ended up to one window and its way before the stop.
  const untilSilent = [...Array(60).keys()].find((lag) => viewSensor({ ...facts, lagSeconds: lag }).kind === 'silent');
  expect(untilSilent).toBeLessThan(30);
});

test('lag grows with the time since the manager told of it', () => {
  const row = { connected: true, replay: false, lagSeconds: 6, windowSeconds: 10, lastSeen: null } as SensorRow;
  expect(viewRow(row, 1000, 1004)).toMatchObject({ kind: 'connected', lagSeconds: 10 });
  expect(viewRow(row, 1000, 1020)).toMatchObject({ kind: 'silent', silentSeconds: 26, isConnected: true });
  const gone = { ...row, connected: false, lastSeen: '1970-01-01T00:16:30Z' };
  expect(viewRow(gone, 1000, 1000)).toMatchObject({ kind: 'silent', silentSeconds: 10 });
});

test('the silent are counted first', () => {
  const views = [facts, { ...facts, connected: false }, { ...facts, replay: true }, facts].map(viewSensor);
  expect(countKinds(views)).toEqual([
    { kind: 'silent', count: 1 },
    { kind: 'connected', count: 2 },
    { kind: 'replay', count: 1 },
  ]);
});
