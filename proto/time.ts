/**
 * Times as the API writes them: RFC 3339, UTC, nine digits; a decimal string of seconds beyond the year 9999 and before
 * the year 0, which odd captures claim.
 */

const lastRfc3339 = 253_402_300_799;
const firstRfc3339 = -62_167_219_200;

/** `seconds` since 1970 (whole) and nanoseconds 0..999,999,999 as text. */
export function formatTime(seconds: number, nanos: number = 0): string {
  const digits = String(nanos).padStart(9, '0');
  if (seconds > lastRfc3339 || seconds < firstRfc3339) return `${seconds}.${digits}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${digits}Z`;
}

/** Seconds since 1970 of a decimal number or an RFC 3339 time, or undefined when it is neither. Fractions are kept as a double has them. */
export function parseTime(text: string): number | undefined {
  if (/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) return Number(text);
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, minute = '', second = ':00', fraction = '', zone = ''] = match;
  const millis = Date.parse(`${minute}${second}${zone}`);
  // Date.parse takes the 31st of every month; what it makes of it is another day.
  if (Number.isNaN(millis) || !sameDay(minute)) return undefined;
  return millis / 1000 + Number(`0${fraction}`);
}

function sameDay(minute: string): boolean {
  const day = minute.slice(0, 10);
  const millis = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(day);
}
