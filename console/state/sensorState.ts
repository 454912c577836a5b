import type { SensorRow } from '../../proto/api.ts';
import { readTime } from '../text/times.ts';

/** What a sensor is doing, as far as the manager can tell. */
export interface SensorView {
  kind: 'connected' | 'waiting' | 'silent' | 'replay';
  /** A word or two, that stand beside the colour. */
  words: string;
  /** Seconds since it was last heard of, where that matters. */
  silentSeconds: number | undefined;
  /** It is silent though its connection stands: it hangs, or its interface is gone. */
  isConnected?: boolean;
}

export interface SensorFacts {
  connected: boolean;
  replay: boolean;
  /** Seconds since it was last heard of: 0 while it is connected. */
  heardSeconds: number;
  /** Seconds from the end of its newest window to now, or null without any. */
  lagSeconds: number | null;
  /** Length of its windows, seconds. */
  windowSeconds: number;
}

/** Seconds after its end that a window is sealed, and then some for its way. */
const wayHere = 5;

/**
 * Silence is said of a sensor that is not connected at once, and of one that is connected when its next window is overdue
 * by half a window: a process that hangs keeps its connection for a while. A replay has no present to be silent in.
 */
export function viewSensor(facts: SensorFacts): SensorView {
  const { connected, replay, heardSeconds, lagSeconds, windowSeconds } = facts;
  if (replay) return { kind: 'replay', words: connected ? 'replaying' : 'replay', silentSeconds: undefined };
  if (!connected) return { kind: 'silent', words: 'silent', silentSeconds: heardSeconds };
  if (lagSeconds === null) return { kind: 'waiting', words: 'first window to come', silentSeconds: undefined };
  const due = windowSeconds * 1.5 + wayHere;
  if (lagSeconds > due) return { kind: 'silent', words: 'silent', silentSeconds: lagSeconds, isConnected: true };
  return { kind: 'connected', words: 'connected', silentSeconds: undefined };
}

/** Windows are ten seconds long where nothing else is known. */
const usualWindow = 10;

/** The same of a sensor as the manager told of it at `toldAt`; both times are seconds since 1970 by its clock. */
export function viewRow(row: SensorRow, toldAt: number, now: number): SensorView & { lagSeconds: number | null } {
  const heard = readTime(row.lastSeen);
  const lagSeconds = row.lagSeconds === null ? null : row.lagSeconds + Math.max(0, now - toldAt);
  const view = viewSensor({
    connected: row.connected,
    replay: row.replay,
    heardSeconds: heard === undefined ? 0 : Math.max(0, now - heard),
    lagSeconds,
    windowSeconds: row.windowSeconds ?? usualWindow,
  });
  return { ...view, lagSeconds };
}

/** How many sensors there are of each kind, the one to look at first. */
export function countKinds(views: readonly SensorView[]): { kind: SensorView['kind']; count: number }[] {
  const kinds = ['silent', 'waiting', 'connected', 'replay'] as const;
  return kinds
    .map((kind) => ({ kind, count: views.filter((view) => view.kind === kind).length }))
    .filter(({ count }) => count > 0);
}
