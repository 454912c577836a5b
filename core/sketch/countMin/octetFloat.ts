/**
 * Whole numbers in a byte, as a float of four bits of exponent and four of mantissa, times 2^shift for all of a sketch:
 *
 * code c < 16: c * 2^shift; else (16 + c % 16) * 2^(floor(c / 16) - 1 + shift).
 *
 * The codes are in the order of their values. The largest stands for 31 * 2^14, so that shift 0 serves up to 507,904, and
 * what lies below 16 * 2^shift is known to 2^shift: to 1/32,768 of the greatest counter or better.
 */

/** A number that was rounded up is above its origin by less than this share of itself (and 2^shift). */
export const MANTISSA_LOSS = 1 / 17;

const TOP_EXPONENT = 14;
const TOP_MANTISSA = 31;
export const MAX_SHIFT = 53 - TOP_EXPONENT;

/** The least shift with which `greatest` fits. */
export function shiftFor(greatest: number): number {
  let shift = 0;
  while (greatest > TOP_MANTISSA * 2 ** (TOP_EXPONENT + shift)) shift++;
  return shift;
}

/** The exponent of the step at which numbers around `value` are: 2^step * 16..31. Shift at least. */
function stepOf(value: number, shift: number): number {
  let step = shift;
  while (value > TOP_MANTISSA * 2 ** step) step++;
  return step;
}

/** The least number that has a code and is not below `value`. */
export function roundUp(value: number, shift: number): number {
  const step = 2 ** stepOf(value, shift);
  return Math.ceil(value / step) * step;
}

/** The code of a number, or -1 when it has none. */
export function codeOf(value: number, shift: number): number {
  const exponent = stepOf(value, shift);
  const mantissa = value / 2 ** exponent;
  if (!Number.isInteger(mantissa) || exponent - shift > TOP_EXPONENT) return -1;
  return mantissa < 16 ? mantissa : (exponent - shift + 1) * 16 + mantissa - 16;
}

/** The number that a code (0..255) stands for. */
export function valueOf(code: number, shift: number): number {
  return code < 16 ? code * 2 ** shift : (16 + (code & 15)) * 2 ** ((code >>> 4) - 1 + shift);
}
