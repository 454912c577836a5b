/** A small generator of pseudo-random numbers (xorshift32): the same seed gives the same capture on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring streams, and zero is the one state without a successor.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.word();
  }

  /** 32 random bits. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** In [0, 1). */
  real(): number {
    return this.word() / 0x1_0000_0000;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.real() * limit);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.real() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Pareto with the given least value and mean, cut at `most`: many small values, few very large ones. */
  pareto(least: number, mean: number, most: number): number {
    const shape = mean / Math.max(mean - least, 1e-9);
    return Math.min(most, Math.floor(least / (1 - this.real()) ** (1 / Math.max(shape, 1.05))));
  }

  /** A rank in [0, limit) by Zipf's law with exponent 1: rank 0 is the most frequent. */
  zipf(limit: number): number {
    return Math.min(limit - 1, Math.floor(Math.exp(this.real() * Math.log(limit + 1)) - 1));
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.word() >>> 24;
    return bytes;
  }
}
