/**
 * The keys that sketches count, as bytes. They are a contract: sketches made with other keys merge without an error and
 * count wrongly.
 *
 * | key | bytes |
 * | --- | --- |
 * | address | 16, IPv4 as v4-mapped; then the realm's 4 where the address has one |
 * | pair | sender, receiver: 32; if either has a realm 40, the other's then zeros |
 * | flow | protocol, then both ends (address 16, port 2 big-endian, realm 4 or zeros) in bytewise order: 45 |
 * | service | protocol, port big-endian: 3 |
 *
 * ICMP type and code stand in the ports of a flow. Services are those of TCP, UDP and SCTP.
 */
import type { KeyHasher } from '../sketch/hash/keyHasher.ts';
import { takesRealm } from './realm.ts';

export const HOST_WORDS = 5;
export const PAIR_WORDS = 10;
export const SERVICE_WORDS = 1;
/** A status of HTTP, then an address with its realm. */
export const STATUS_WORDS: number = 1 + HOST_WORDS;

/** Where the flow's and the service's bytes are put, behind those of the addresses. */
const FLOW_BYTE = 64;
const FLOW_WORD = FLOW_BYTE / 4;
const FLOW_BYTES = 45;
const FLOW_WORDS = Math.ceil(FLOW_BYTES / 4);

/** A big-endian reading of four bytes as a little-endian word, or the other way round. */
function swap(word: number): number {
  return (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24);
}

function swap16(value: number): number {
  return ((value >>> 8) | (value << 8)) & 0xffff;
}

/** The service's key in lists and the argument of `hashService`. */
export function serviceKey(protocol: number, port: number): number {
  return (protocol << 16) | port;
}

/**
 * Writes and hashes the keys of one flow: `set` its two ends once, then hash what is needed; each result stands in
 * `hasher.h` until the next. No allocation.
 */
export class FlowKeys {
  readonly hasher: KeyHasher;
  /** Keys for lists, in words that sort as bytes do: [A, realm, B, realm, A, realm], so that each pair is in one piece. */
  readonly words: Uint32Array = new Uint32Array(3 * HOST_WORDS);
  /** Bytes from one address to the next in the hasher's memory: 20 when either has a realm. */
  #step = 16;
  #realmA = 0;
  #realmB = 0;

  static readonly A = 0;
  static readonly B: number = HOST_WORDS;

  constructor(hasher: KeyHasher) {
    this.hasher = hasher;
  }

  /** Ends A and B: `address[at .. at + 8)`, big-endian readings; `realm` counts where an address is not global. */
  set(address: Uint32Array, at: number, realm: number): void {
    this.#realmA = realm !== 0 && takesRealm(address, at) ? realm : 0;
    this.#realmB = realm !== 0 && takesRealm(address, at + 4) ? realm : 0;
    const { words } = this;
    words[4] = this.#realmA;
    words[9] = this.#realmB;
    words[14] = this.#realmA;
    const step = this.#realmA === 0 && this.#realmB === 0 ? 4 : 5;
    this.#step = step * 4;
    const bytes = this.hasher.words;
    for (let i = 0; i < 4; i++) {
      const a = address[at + i]!;
      const b = address[at + 4 + i]!;
      words[i] = a;
      words[5 + i] = b;
      words[10 + i] = a;
      const swapped = swap(a);
      bytes[i] = swapped;
      bytes[step + i] = swap(b);
      bytes[2 * step + i] = swapped;
    }
    if (step === 5) {
      bytes[4] = this.#realmA;
      bytes[9] = this.#realmB;
      bytes[14] = this.#realmA;
    }
  }

  hashA(): void {
    this.hasher.hash(this.#realmA === 0 ? 16 : 20, 0);
  }

  hashB(): void {
    this.hasher.hash(this.#realmB === 0 ? 16 : 20, this.#step);
  }

  /** The pair (A, B): A sent. */
  hashPairAB(): void {
    this.hasher.hash(2 * this.#step, 0);
  }

  hashPairBA(): void {
    this.hasher.hash(2 * this.#step, this.#step);
  }

  hashFlow(protocol: number, portA: number, portB: number): void {
    const { words, hasher } = this;
    const bytes = hasher.words;
    const swapped = this.#isBFirst(portA, portB);
    const first = swapped ? 5 : 0;
    const second = 5 - first;
    const firstPort = swapped ? portB : portA;
    const secondPort = swapped ? portA : portB;
    // The bytes are put together in registers and written as whole words: a hash that reads across words written one by
    // one, off their boundaries, waits for each.
    let carry = protocol & 0xff;
    for (let i = 0; i < 4; i++) {
      const word = swap(words[first + i]!);
      bytes[FLOW_WORD + i] = carry | (word << 8);
      carry = word >>> 24;
    }
    const firstRealm = words[first + 4]!;
    bytes[FLOW_WORD + 4] = carry | (swap16(firstPort) << 8) | (firstRealm << 24);
    carry = firstRealm >>> 8;
    for (let i = 0; i < 4; i++) {
      const word = swap(words[second + i]!);
      bytes[FLOW_WORD + 5 + i] = carry | (word << 24);
      carry = word >>> 8;
    }
    const secondRealm = words[second + 4]!;
    bytes[FLOW_WORD + 9] = carry | (swap16(secondPort) << 24);
    bytes[FLOW_WORD + 10] = (secondPort & 0xff) | (secondRealm << 8);
    bytes[FLOW_WORD + 11] = secondRealm >>> 24;
    hasher.hash(FLOW_BYTES, FLOW_BYTE);
  }

  /** Copies the bytes of A's key, or B's, to `to[at ...)`; answers how many (16 or 20). */
  copyAddress(isB: boolean, to: Uint32Array, at: number): number {
    const bytes = this.hasher.words;
    const from = isB ? this.#step >> 2 : 0;
    const length = (isB ? this.#realmB : this.#realmA) === 0 ? 4 : 5;
    for (let i = 0; i < length; i++) to[at + i] = bytes[from + i]!;
    return length * 4;
  }

  /** Copies the bytes of the flow's key, which was hashed last, to `to[at ...)`; answers how many (45). */
  copyFlow(to: Uint32Array, at: number): number {
    const bytes = this.hasher.words;
    for (let i = 0; i < FLOW_WORDS; i++) to[at + i] = bytes[FLOW_WORD + i]!;
    return FLOW_BYTES;
  }

  #isBFirst(portA: number, portB: number): boolean {
    const { words } = this;
    for (let i = 0; i < 4; i++) if (words[i] !== words[5 + i]) return words[i]! > words[5 + i]!;
    // Equal addresses have equal realms.
    return portA > portB;
  }

  /** `service`: as `serviceKey` makes it. */
  hashService(service: number): void {
    const { bytes } = this.hasher;
    bytes[FLOW_BYTE] = service >>> 16;
    bytes[FLOW_BYTE + 1] = service >>> 8;
    bytes[FLOW_BYTE + 2] = service;
    this.hasher.hash(3, FLOW_BYTE);
  }
}
