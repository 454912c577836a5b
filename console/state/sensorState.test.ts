import { expect, test } from 'vitest';
import { viewSensor } from './sensorState.ts';
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
