/** Octets that are written one behind the other, in a block that grows. */
export class OctetBlock {
  bytes: Uint8Array;
  /** Where the next octet goes. */
  used = 0;

  constructor(octets: number) {
    this.bytes = new Uint8Array(octets);
  }

  /** Makes room for that many octets behind `used`; `bytes` may be another array afterwards. */
  reserve(octets: number): void {
    if (this.used + octets > this.bytes.length) this.#grow(this.used + octets);
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }
}
