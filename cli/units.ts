/** Numbers with their units, for people. */

const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];

/** Octets in units of a thousand: `512 B`, `12.3 kB`, `4.56 GB`. */
export function octets(value: number): string {
  let scaled = value;
  let at = 0;
  // 999.5 would be shown as 1000.
  while (scaled >= 999.5 && at < prefixes.length - 1) {
    scaled /= 1000;
    at += 1;
  }
  return `${at === 0 ? Math.round(scaled) : threeDigits(scaled)} ${prefixes[at] ?? ''}B`;
}

/** Seconds in the unit that suits them: `120 us`, `12.3 ms`, `4.56 s`, `12.0 min`. */
export function seconds(value: number): string {
  if (value === 0) return '0 s';
  if (value < 0.000_999_5) return `${threeDigits(value * 1e6)} us`;
  if (value < 0.999_5) return `${threeDigits(value * 1000)} ms`;
  if (value < 120) return `${threeDigits(value)} s`;
  return value < 7200 ? `${threeDigits(value / 60)} min` : `${threeDigits(value / 3600)} h`;
}

/** A share of one as a percentage. */
export function share(value: number): string {
  return `${threeDigits(value * 100)} %`;
}

/** How much something grew by: `+12.5 %`; `new` where there was nothing. */
export function growth(change: number | null | undefined): string {
  if (change === null || change === undefined) return '-';
  return `${change >= 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
}

/** A whole number with separators. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
