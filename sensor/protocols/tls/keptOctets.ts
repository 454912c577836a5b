/**
 * Octets that all flows of a protocol keep until a record or message is whole. A flow that needs more than there is left
 * is given up, so that hellos that never end don't fill the memory.
 */
export class KeptOctets {
  readonly most: number;
  /** Flows that were given up for want of room. */
  refused = 0;
  #used = 0;

  constructor(most: number) {
    this.most = most;
  }

  get used(): number {
    return this.#used;
  }

  /** A flow that kept `before` octets keeps `now`. False: there is no room for that; then it keeps what it kept. */
  change(before: number, now: number): boolean {
    if (now > before && this.#used + now - before > this.most) {
      this.refused++;
      return false;
    }
    this.#used += now - before;
    return true;
  }
}

/** For each of TLS, DTLS and QUIC: some 2,000 hellos that wait with all that they may be. */
export const MOST_KEPT = 32 << 20;
