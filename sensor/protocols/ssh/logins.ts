/** What a piece of encrypted stream says of logins. */
export const Verdict = {
  /** Nothing yet. */
  NONE: 0,
  /** One failed. */
  FAILURE: 1,
  /** One succeeded: there is no more to guess. */
  SUCCESS: 2,
  /** Too much came for a login: there is no more to guess. */
  UNKNOWN: 3,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** A success is 16 octets shorter than the acceptance of the service: 8 against 24 (RFC 4252, 5.1; RFC 4253, 10). */
const SHORTER = 16;
/** A first answer that is so much longer is a banner. */
const BANNER = 256;
/** Pieces of a connection that are looked at. */
const MOST_PIECES = 512;

/**
 * Guesses logins of SSH 2 from the sizes of what the server sends once all is encrypted, by Zeek's rules: its first piece
 * accepts the service, the next refuses, and what has the same size refuses again.
 */
export class Logins {
  #isClientSeen = false;
  #accepted = 0;
  #refused = 0;
  #isBannerSeen = false;
  #pieces = 0;

  /** A piece of a direction, as the stream let it go. */
  encrypted(isClient: boolean, octets: number): Verdict {
    if (++this.#pieces > MOST_PIECES) return Verdict.UNKNOWN;
    if (isClient) this.#isClientSeen = true;
    if (isClient || !this.#isClientSeen) return Verdict.NONE;
    if (this.#accepted === 0) {
      this.#accepted = octets;
      return Verdict.NONE;
    }
    const isShorter = octets + SHORTER === this.#accepted;
    if (this.#refused === 0) {
      if (isShorter) return Verdict.SUCCESS;
      const isBanner = !this.#isBannerSeen && octets - this.#accepted > BANNER;
      if (isBanner) this.#isBannerSeen = true;
      else this.#refused = octets;
      return Verdict.NONE;
    }
    if (octets === this.#refused) return Verdict.FAILURE;
    return isShorter ? Verdict.SUCCESS : Verdict.NONE;
  }
}
