/** Seconds of the first instant of the year 10000, from where on RFC 3339 has no form. */
const YEAR_10000 = 253402300800;
/** And of the year 0. */
const YEAR_0 = -62167219200;

/**
 * A packet's time as RFC 3339 in UTC with nine digits; where the year does not have four digits (odd captures claim such
 * times) a decimal number of seconds since 1970.
 */
export function formatTime(seconds: number, nanos: number): string {
  const fraction = String(nanos).padStart(9, '0');
  if (seconds >= YEAR_10000 || seconds < YEAR_0) {
    // The fraction counts upward from whole seconds, also below zero.
    if (seconds >= 0 || nanos === 0) return `${seconds}.${fraction}`;
    return `-${-seconds - 1}.${String(1_000_000_000 - nanos).padStart(9, '0')}`;
  }
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
