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
