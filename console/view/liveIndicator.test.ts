import { expect, test } from 'vitest';
import { describeLive } from './liveIndicator.tsx';
import type { LiveIndicatorProps } from './liveIndicator.tsx';

const open: LiveIndicatorProps = {
  live: { kind: 'open' },
  now: 1000,
  arrived: 996,
  isExpected: true,
  windowSeconds: 10,
};

test.each<[Partial<LiveIndicatorProps>, string, string]>([
  [{}, 'good', 'live, 4 s ago'],
  [{ arrived: undefined }, 'good', 'live'],
  [{ arrived: 974 }, 'warn', 'stale, 26 s old'],
  [{ arrived: 974, windowSeconds: 60 }, 'good', 'live, 26 s ago'],
  [{ isExpected: false }, '', 'live, no sensor sends'],
  [{ isExpected: undefined, arrived: undefined }, 'good', 'live'],
  [{ live: { kind: 'connecting' } }, 'warn', 'connecting'],
  [{ live: { kind: 'waiting', retryAt: 1_007_200 } }, 'bad', 'not live, again in 8 s'],
])('%j', (more, colour, words) => expect(describeLive({ ...open, ...more })).toEqual({ colour, words }));
