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

/** 2^0 to 2^63. */
const powers: Float64Array = Float64Array.from({ length: 64 }, (_, exponent) => 2 ** exponent);

/** log2 of the step between numbers with a code around `value`: five significant bits, never below 2^shift. */
function stepOf(value: number, shift: number): number {
  const bits = value < 4_294_967_296 ? 31 - Math.clz32(value) : 63 - Math.clz32(value / 4_294_967_296);
  return Math.max(shift, bits - 4);
}

/** The least number that has a code and is not below `value`. */
export function roundUp(value: number, shift: number): number {
  const step = powers[stepOf(value, shift)]!;
  return Math.ceil(value / step) * step;
}

/** The code of a number, or -1 when it has none. */
export function codeOf(value: number, shift: number): number {
  const exponent = stepOf(value, shift);
  const mantissa = value / powers[exponent]!;
  if (!Number.isInteger(mantissa) || exponent - shift > TOP_EXPONENT) return -1;
  return mantissa < 16 ? mantissa : (exponent - shift + 1) * 16 + mantissa - 16;
}

/** The number that a code (0..255) stands for. */
export function valueOf(code: number, shift: number): number {
  return code < 16 ? code * powers[shift]! : (16 + (code & 15)) * powers[(code >>> 4) - 1 + shift]!;
}
