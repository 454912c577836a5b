import { setTimeout } from 'node:timers/promises';
import { type Daemon, eventually } from '../support/deployment.ts';

/** Seconds since 1970. */
export const seconds = (): number => Date.now() / 1000;

/** Lets `count` windows of a second begin and end; gives their span. */
export async function wholeWindows(count: number): Promise<{ from: number; to: number }> {
  const from = Math.floor(seconds()) + 1;
  const to = from + count;
  while (seconds() < to) await setTimeout((to - seconds()) * 1000 + 1);
  return { from, to };
}

/** Waits until a daemon has said something so many times; gives the time. */
export async function saidTimes(daemon: Daemon, words: RegExp, times: number): Promise<number> {
  await eventually(() => [...daemon.errors.matchAll(words)].length >= times, `${String(words)} ${times} times`);
  return seconds();
}
