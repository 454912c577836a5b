const word = 0x1_0000_0000;

/** First second after the times that one `NanoWords` holds, and the step of `if_tsoffset` beyond it: 2^34, some 544 years. */
export const nanoEra = 2 ** 34;

/**
 * Nanoseconds since 1970 as the two 32-bit words of a pcapng timestamp, for times in [0, 2^34) seconds.
 *
 * One object is used for all packets: 64-bit integers would cost an allocation each.
 */
export class NanoWords {
  high = 0;
  low = 0;

  set(seconds: number, nanos: number): void {
    // seconds = upper * 2^16 + lower; each product stays below 2^53, where doubles are exact.
    const upper = Math.floor(seconds / 0x10000);
    const lowerProduct = (seconds - upper * 0x10000) * 1e9 + nanos;
    const upperProduct = upper * 1e9;
    const carry = Math.floor(upperProduct / 0x10000);
    const low = (upperProduct - carry * 0x10000) * 0x10000 + lowerProduct;
    const over = Math.floor(low / word);
    this.high = carry + over;
    this.low = low - over * word;
  }
}
