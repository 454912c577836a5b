/** Numbers as people read them. Digits are grouped by commas; decimal multiples (1 kB = 1000 octets). */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const dash = '–';

/** A whole number with all its digits. */
export function formatCount(value: number): string {
  return grouped.format(Math.round(value));
}

/** A count in at most six characters and its unit: all digits below 100,000, then three significant ones. */
export function formatShortCount(value: number): string {
  return Math.abs(value) < 100_000 ? formatCount(value) : scaled(value, ['', ' k', ' M', ' G', ' T', ' P']);
}

export function formatOctets(octets: number): string {
  return scaled(octets, [' B', ' kB', ' MB', ' GB', ' TB', ' PB', ' EB']);
}

/** Octets of a second, shown in bits, as links are sold. */
export function formatBitRate(octetsPerSecond: number): string {
  return scaled(octetsPerSecond * 8, [' bit/s', ' kbit/s', ' Mbit/s', ' Gbit/s', ' Tbit/s']);
}

export function formatPacketRate(packetsPerSecond: number): string {
  return scaled(packetsPerSecond, [' pkt/s', ' kpkt/s', ' Mpkt/s', ' Gpkt/s']);
}

/**
 * A share as percent. What is not all of it is never shown as 100 %, and what is not nothing never as 0 %: a loss of one
 * packet in a million must not round away.
 */
export function formatShare(part: number, whole: number): string {
  if (!(whole > 0)) return dash;
  const percent = (part / whole) * 100;
  if (percent <= 0) return '0 %';
  if (percent >= 100) return '100 %';
  if (percent < 0.01) return '< 0.01 %';
  if (percent > 99.99) return '> 99.99 %';
  return `${percent < 1 || percent > 99 ? trim(percent.toFixed(2)) : percent.toFixed(1)} %`;
}

/** Seconds in one or two units, as exact as a glance is: `8 s`, `3 min 20 s`, `13 min`, `5 h 12 min`, `20 d`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return join(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return join(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return whole < 10 * 86_400
    ? join(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h')
    : `${formatCount(whole / 86_400)} d`;
}

/** The larger of the distances of bounds from an estimate, as a share of it: `± 3.2 %`; empty when there is none. */
export function formatBounds(estimate: number, lower: number, upper: number): string {
  const wide = Math.max(upper - estimate, estimate - lower);
  return wide <= 0 || estimate <= 0 ? '' : `± ${formatShare(wide, estimate)}`;
}

/** `noun` or its plural by the count, with the count before it. */
export function formatNoun(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Three significant digits, and the unit of the power of 1000. */
function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  // 999.5 would be printed as 1000 of the smaller unit.
  while (Math.abs(rest) >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const small = unit === 0 && (Number.isInteger(rest) || Math.abs(rest) >= 10);
  const digits = small || Math.abs(rest) >= 99.95 ? 0 : Math.abs(rest) >= 9.995 ? 1 : 2;
  return `${digits === 0 ? formatCount(rest) : rest.toFixed(digits)}${units[unit] ?? ''}`;
}

function trim(text: string): string {
  return text.replace(/\.?0+$/, '');
}
