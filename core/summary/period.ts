/**
 * Which parts hold what. A tap tells each window in a part of its own; beside those it makes parts of a minute, of ten
 * minutes and of an hour, which hold what is worth keeping for so long only.
 */

/** Lengths of the longer periods, in seconds, that a sensor makes parts of. */
export const periods = [60, 600, 3600] as const;

/** Lengths of a tap's windows, in seconds: they divide a minute, so that windows of all sensors line up. */
export const windowLengths = [1, 2, 5, 10, 15, 20, 30, 60] as const;

/**
 * Whether a part can be one of a tap: a window of a usual length, or of the length of a period (a full spool makes such), or
 * a part of a period. All of them begin at multiples of their length.
 */
export function isRegular({
  start,
  seconds,
  windowSeconds,
}: {
  start: number;
  seconds: number;
  windowSeconds: number;
}) {
  const isPeriod = (length: number): boolean => periods.some((period) => period === length);
  const isWindow = (length: number): boolean => isPeriod(length) || windowLengths.some((window) => window === length);
  const isLength = seconds === windowSeconds ? isWindow(seconds) : isPeriod(seconds) && isWindow(windowSeconds);
  return isLength && start % seconds === 0;
}

/**
 * When a kind of section is shipped: `window` in the part of each window; `minute` in those of a minute; `lists` in those
 * of windows and of every longer period, because what is slow and steady lies below each window's cut.
 */
export type Cadence = 'window' | 'lists' | 'minute';

const MINUTE = 60;

/** Whether a part of `seconds` of a tap with windows of `windowSeconds` has sections of that cadence. */
export function isShipped(cadence: Cadence, seconds: number, windowSeconds: number): boolean {
  switch (cadence) {
    case 'window':
      return seconds === windowSeconds;
    case 'minute':
      return seconds === MINUTE;
    case 'lists':
      return true;
  }
}

/** Entries of a list in a part of `seconds`: the first so many by octets and the first so many by packets. */
export function listRows(seconds: number): number {
  if (seconds >= 3600) return 512;
  if (seconds >= 600) return 256;
  return seconds >= MINUTE ? 128 : 64;
}

/**
 * The length of the parts that a roll-up to levels of `levelSeconds` takes its sections from. Lists: of the longest period
 * that fits into the level, so that most of what was slow and steady is there; where such a part is missing (a sensor that
 * was killed), those of the windows answer.
 */
export function sourcePeriod(cadence: Cadence, levelSeconds: number, windowSeconds: number): number {
  if (cadence === 'window') return windowSeconds;
  if (cadence === 'minute') return MINUTE;
  return Math.max(windowSeconds, ...periods.filter((seconds) => seconds <= levelSeconds));
}
