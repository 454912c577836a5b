const word = 0x1_0000_0000;

/** Times stay whole numbers in a double, so that adding one second always changes them. */
const maxSeconds = 2 ** 53;

/**
 * Turns pcapng timestamps (a 64-bit count of units of `if_tsresol` since 1970, moved by `if_tsoffset` seconds) into
 * seconds and nanoseconds: exact for whole units of a nanosecond, else rounded down. All in doubles, in steps that stay
 * below 2^53: 64-bit integers would cost an allocation a packet.
 *
 * Source: draft-ietf-opsawg-pcapng, 4.2 and 4.3.
 */
export class TimeScale {
  readonly #binary: boolean;
  readonly #exponent: number;
  readonly #offset: number;
  readonly #unitsPerSecond: number;
  readonly #nanosPerUnit: number;
  // The second of the last time: its first unit as two words, and what it is. Most packets come in the same second.
  #secondHigh = 0;
  #secondLow = 0;
  #second = 0;
  /** Such a second is known, and its units are no finer than nanoseconds. */
  #exact = false;
  // The quotient and remainder of the last division.
  #high = 0;
  #low = 0;
  #rest = 0;

  /** `resolution` as in the option: 0-19 (ten to the minus), or 128-191 (two to the minus, 0-63). */
  constructor(resolution: number, offsetSeconds: number) {
    this.#binary = resolution >= 0x80;
    this.#exponent = resolution & 0x7f;
    this.#offset = offsetSeconds;
    // Finer than a nanosecond: the count is first brought to nanoseconds.
    const decimals = Math.min(this.#exponent, 9);
    this.#unitsPerSecond = 10 ** decimals;
    this.#nanosPerUnit = 10 ** (9 - decimals);
  }

  static isValid(resolution: number): boolean {
    return resolution >= 0x80 ? resolution - 0x80 <= 63 : resolution <= 19;
  }

  /** Whether times may be finer than microseconds. */
  get subMicrosecond(): boolean {
    return this.#binary ? this.#exponent > 0 : this.#exponent > 6;
  }

  /** Writes the time at `index` of both arrays; false when it is beyond 2^53 seconds. */
  place(high: number, low: number, seconds: Float64Array, nanos: Uint32Array, index: number): boolean {
    const since = (high - this.#secondHigh) * word + (low - this.#secondLow);
    if (since >= 0 && since < this.#unitsPerSecond && this.#exact) {
      seconds[index] = this.#second;
      nanos[index] = since * this.#nanosPerUnit;
      return true;
    }
    this.#high = high;
    this.#low = low;
    if (this.#binary) return this.#placeBinary(seconds, nanos, index);
    for (let finer = this.#exponent - 9; finer > 0; finer -= 5) this.#divide(10 ** Math.min(finer, 5));
    this.#divide(this.#unitsPerSecond);
    nanos[index] = this.#rest * this.#nanosPerUnit;
    if (!this.#placeSeconds(this.#high * word + this.#low, seconds, index)) return false;
    const borrow = low < this.#rest ? 1 : 0;
    this.#secondHigh = high - borrow;
    this.#secondLow = low - this.#rest + borrow * word;
    this.#second = seconds[index]!;
    this.#exact = this.#exponent <= 9;
    return true;
  }

  #placeSeconds(whole: number, seconds: Float64Array, index: number): boolean {
    const value = whole + this.#offset;
    if (whole >= maxSeconds || Math.abs(value) >= maxSeconds) return false;
    seconds[index] = value;
    return true;
  }

  /** Long division of the two words by a number up to 10^9, sixteen bits at a time. */
  #divide(divisor: number): void {
    const high = Math.floor(this.#high / divisor);
    const middleValue = (this.#high - high * divisor) * 0x10000 + (this.#low >>> 16);
    const middle = Math.floor(middleValue / divisor);
    const lowValue = (middleValue - middle * divisor) * 0x10000 + (this.#low & 0xffff);
    const low = Math.floor(lowValue / divisor);
    this.#high = high;
    this.#low = middle * 0x10000 + low;
    this.#rest = lowValue - low * divisor;
  }

  #placeBinary(seconds: Float64Array, nanos: Uint32Array, index: number): boolean {
    const exponent = this.#exponent;
    const units = 2 ** (exponent > 32 ? exponent - 32 : exponent);
    // Both words of the fraction: the upper one counts only where a second has more than 2^32 units.
    let upper = exponent > 32 ? this.#high % units : 0;
    let lower = exponent > 32 ? this.#low : this.#low % units;
    const whole =
      exponent > 32 ? Math.floor(this.#high / units) : this.#high * (word / units) + Math.floor(this.#low / units);
    let value = 0;
    // Three decimal digits at a time, so that no product passes 2^53.
    for (let i = 0; i < 3; i++) {
      lower *= 1000;
      if (exponent > 32) {
        const carry = Math.floor(lower / word);
        lower -= carry * word;
        upper = upper * 1000 + carry;
        const digits = Math.floor(upper / units);
        upper -= digits * units;
        value = value * 1000 + digits;
      } else {
        const digits = Math.floor(lower / units);
        lower -= digits * units;
        value = value * 1000 + digits;
      }
    }
    nanos[index] = value;
    return this.#placeSeconds(whole, seconds, index);
  }
}
