/**
 * Why bytes were not accepted. Decoders of this folder return it instead of throwing: bytes from outside are expected
 * to be damaged, and a caller that forgets the case does not compile.
 */
export class Refusal {
  /** What was being read: `hll`, `kll`, `top` ... */
  readonly what: string;
  /** The field that was wrong, and how. One short phrase, no bytes of the input in it. */
  readonly reason: string;

  constructor(what: string, reason: string) {
    this.what = what;
    this.reason = reason;
  }

  toString(): string {
    return `${this.what}: ${this.reason}`;
  }
}
