/** Times for people: their own zone, 24 hours, the date only where it is not today's. Seconds since 1970. */

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minuteFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const yearFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** Seconds of a time of the API (RFC 3339, or decimal seconds for odd years), or undefined. */
export function readTime(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** `14:03:20`, with the date before it when it is another day than `now`. */
export function formatTime(seconds: number, now: number): string {
  if (!shows(seconds)) return `${Math.floor(seconds)} s since 1970`;
  const at = new Date(seconds * 1000);
  const time = clockFormat.format(at);
  return at.toDateString() === new Date(now * 1000).toDateString() ? time : `${formatDay(seconds, now)} ${time}`;
}

/** A span as short as it is unmistakable: one day's `14:03 to 15:03`, or both ends with their dates. */
export function formatSpan(from: number, to: number, now: number): string {
  if (!shows(from) || !shows(to)) return `${formatTime(from, now)} to ${formatTime(to, now)}`;
  const [first, last] = [new Date(from * 1000), new Date(to * 1000)];
  const format = to - from < 600 ? clockFormat : minuteFormat;
  const today = new Date(now * 1000).toDateString();
  const oneDay = first.toDateString() === last.toDateString();
  const [day, lastDay] = [formatDay(from, now), formatDay(to, now)];
  if (oneDay)
    return `${first.toDateString() === today ? '' : `${day}, `}${format.format(first)} to ${format.format(last)}`;
  return `${day} ${format.format(first)} to ${lastDay} ${format.format(last)}`;
}

/** The name of the zone that times are shown in: `UTC`, `CET`, `GMT+5:30`. */
export function zoneName(seconds: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(new Date(seconds * 1000));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

function formatDay(seconds: number, now: number): string {
  const at = new Date(seconds * 1000);
  return at.getFullYear() === new Date(now * 1000).getFullYear() ? dateFormat.format(at) : yearFormat.format(at);
}

/** What a Date can hold. */
function shows(seconds: number): boolean {
  return Math.abs(seconds) <= 8.64e12;
}
