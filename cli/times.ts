import { parseTime } from '../proto/time.ts';
import { UsageError, printable } from '../runtime/error.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400 };

/** A duration as `90s`, `10m`, `2h`, `7d`, `1w`, in seconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([smhdw])$/.exec(text);
  const unit = match === null ? undefined : units[match[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/**
 * A time that a person names: seconds since 1970, RFC 3339, a date or a time without a zone, `now`, `-2h`, and `today`,
 * `yesterday`. A day begins at midnight here, or in UTC.
 */
export function parseInstant(text: string, nowMillis: number, option: string, utc = false): number {
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : undefined;
  if (ago !== undefined) return nowMillis / 1000 - ago;
  if (text === 'now') return nowMillis / 1000;
  if (text === 'today' || text === 'yesterday') return midnight(nowMillis, text === 'today' ? 0 : -1, utc);
  const local = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  const value = local === null ? parseTime(text) : localTime(local.slice(1), utc);
  if (value === undefined) {
    throw new UsageError(
      `${option} ${text}: not a time: seconds since 1970, 2026-01-31T12:00:00Z, 2026-01-31, -2h, now, today, yesterday`,
    );
  }
  return value;
}

function midnight(nowMillis: number, days: number, utc: boolean): number {
  const day = new Date(nowMillis);
  if (utc) return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + days) / 1000;
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime() / 1000;
}

/** Year, month, day, hour, minute, second as text; undefined when there is no such day. */
function localTime(digits: readonly (string | undefined)[], utc: boolean): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.map((text) => Number(text ?? 0));
  const real = new Date(Date.UTC(year, month - 1, day));
  real.setUTCFullYear(year);
  if (real.getUTCMonth() !== month - 1 || real.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    return undefined;
  if (utc) return real.getTime() / 1000 + hour * 3600 + minute * 60 + second;
  const here = new Date(year, month - 1, day, hour, minute, second);
  here.setFullYear(year);
  return here.getTime() / 1000;
}

/** The range of `--from`, `--to`, `--last`, `--all` as the API takes it. */
export function parseRange(
  range: { from: string | undefined; to: string | undefined; last: string | undefined; all?: boolean },
  nowMillis: number,
  utc = false,
): { from?: string; to?: string; all?: string } {
  const bounded = range.from !== undefined || range.to !== undefined;
  if (range.all === true) {
    if (bounded || range.last !== undefined)
      throw new UsageError('--all stands alone, without --from, --to and --last');
    return { all: 'true' };
  }
  if (range.last !== undefined && bounded) {
    throw new UsageError('--last stands alone, without --from and --to');
  }
  if (range.last !== undefined) {
    const seconds = parseDuration(range.last);
    if (seconds === undefined || seconds === 0)
      throw new UsageError(`--last ${range.last}: not a duration such as 90s, 10m, 2h, 7d`);
    return { from: text(nowMillis / 1000 - seconds), to: text(nowMillis / 1000) };
  }
  const from = range.from === undefined ? undefined : parseInstant(range.from, nowMillis, '--from', utc);
  const to = range.to === undefined ? undefined : parseInstant(range.to, nowMillis, '--to', utc);
  if (from !== undefined && from >= (to ?? nowMillis / 1000))
    throw new UsageError('the range is empty: --from must be before --to');
  return { ...(from === undefined ? {} : { from: text(from) }), ...(to === undefined ? {} : { to: text(to) }) };
}

/**
 * A time of the API for people, to the second: in local time, or with a `Z` in UTC. With `fraction` also what it has below
 * the second. Times that RFC 3339 does not reach stay seconds.
 */
export function shortTime(time: string | null, utc: boolean, fraction = false): string {
  if (time === null) return '-';
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z$/.exec(time);
  if (match === null) return printable(time);
  const [, second = '', digits = ''] = match;
  const millis = Date.parse(`${second}Z`);
  const shifted = utc ? millis : millis - new Date(millis).getTimezoneOffset() * 60_000;
  const below = fraction ? `.${digits.replace(/(000)+$/, '')}`.replace(/\.$/, '') : '';
  return `${new Date(shifted).toISOString().slice(0, 19).replace('T', ' ')}${below}${utc ? 'Z' : ''}`;
}

/** Seconds in the largest unit that has two of them: `45 s`, `12 min`, `5 h`, `20 d`. */
export function shortDuration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** Seconds as plain decimals, never as 1e21. */
function text(seconds: number): string {
  return seconds.toFixed(6).replace(/\.?0+$/, '');
}
