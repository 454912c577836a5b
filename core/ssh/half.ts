import { byteText } from '../dns/byteText.ts';
import { likelyVersion } from './version.ts';

/** Octets of a line that is waited for (RFC 4253, 4.2 has 255), and of the lines before the version. */
const MOST_LINE = 1024;
const MOST_LINES = 16_384;
/** Octets of a packet (RFC 4253, 6.1 has 35,000). */
const MOST_PACKET = 65_535;
const FIRST_OCTETS = 256;
const LENGTH_OCTETS = 4;
const CR = 0x0d;
const LF = 0x0a;
const PREFIX = 'SSH-';
const NEW_KEYS = 21;
/** SSH 1: what the last message in the clear is, the server's and the client's. */
const OLD_PUBLIC_KEY = 2;
const OLD_SESSION_KEY = 3;

/** What a direction tells. */
export interface HalfSink {
  version(isClient: boolean, line: string): void;
  /** A message in the clear: `bytes[from .. to)` is its payload after the number, borrowed. */
  message(isClient: boolean, version: 1 | 2, number: number, bytes: Uint8Array, from: number, to: number): void;
  /** Octets that can't be read, as they came together. */
  encrypted(isClient: boolean, octets: number): void;
}

const State = { LINES: 0, PACKETS: 1, ENCRYPTED: 2, REFUSED: 3 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * One direction of an SSH stream: its version line, then its packets until they are encrypted. Keeps one unfinished line
 * or packet, 64 KiB at most. What breaks the rules refuses it for good.
 */
export class SshHalf {
  readonly #isClient: boolean;
  readonly #sink: HalfSink;
  #state: State = State.LINES;
  #lines = 0;
  #isOld = false;
  #kept: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(isClient: boolean, sink: HalfSink) {
    this.#isClient = isClient;
    this.#sink = sink;
  }

  get isRefused(): boolean {
    return this.#state === State.REFUSED;
  }

  get isEncrypted(): boolean {
    return this.#state === State.ENCRYPTED;
  }

  /** Octets of memory for a line or packet that is not whole. */
  get held(): number {
    return this.#kept.length;
  }

  /** The two ends speak SSH 1, though this one may do both. */
  speakOld(): void {
    this.#isOld = true;
  }

  data(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to && this.#state < State.ENCRYPTED) {
      at = this.#state === State.LINES ? this.#line(bytes, at, to) : this.#packet(bytes, at, to);
    }
    if (this.#state === State.ENCRYPTED && at < to) this.#sink.encrypted(this.#isClient, to - at);
  }

  /** Takes octets up to the end of a line; answers with where it stopped. */
  #line(bytes: Uint8Array, from: number, to: number): number {
    const found = bytes.subarray(from, to).indexOf(LF);
    const end = found < 0 ? to : from + found;
    if (this.#length + end - from > MOST_LINE) {
      this.#state = State.REFUSED;
      return to;
    }
    this.#keep(bytes, from, end);
    if (found < 0) return to;
    this.#endLine();
    return end + 1;
  }

  #endLine(): void {
    const hasReturn = this.#length > 0 && this.#kept[this.#length - 1] === CR;
    const line = byteText(this.#kept, 0, this.#length - (hasReturn ? 1 : 0));
    this.#lines += this.#length + 1;
    this.#length = 0;
    if (line.startsWith(PREFIX)) {
      this.#state = State.PACKETS;
      this.#isOld = likelyVersion(line) === 1;
      this.#sink.version(this.#isClient, line);
    } else if (this.#isClient || this.#lines > MOST_LINES) {
      // A server may say other things first, a client may not.
      this.#state = State.REFUSED;
    }
  }

  #packet(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    if (this.#length < LENGTH_OCTETS) {
      at = Math.min(to, from + LENGTH_OCTETS - this.#length);
      this.#keep(bytes, from, at);
      if (this.#length < LENGTH_OCTETS) return to;
    }
    const size = this.#size();
    if (size < 0) {
      this.#state = State.REFUSED;
      return to;
    }
    const end = Math.min(to, at + size - this.#length);
    this.#keep(bytes, at, end);
    if (this.#length === size) this.#endPacket();
    return end;
  }

  /** Octets of the packet that begins with what is kept, with its length; -1 when it can't be one. */
  #size(): number {
    const kept = this.#kept;
    const length = kept[0]! * 0x100_0000 + ((kept[1]! << 16) | (kept[2]! << 8) | kept[3]!);
    if (length > MOST_PACKET) return -1;
    // SSH 1 pads to a multiple of eight, with eight octets when it would be none; a type and a checksum are the least.
    if (this.#isOld) return length < 5 ? -1 : LENGTH_OCTETS + length + 8 - (length % 8);
    return length < 2 ? -1 : LENGTH_OCTETS + length;
  }

  #endPacket(): void {
    const kept = this.#kept;
    const size = this.#length;
    this.#length = 0;
    if (this.#isOld) {
      const length = kept[2]! * 256 + kept[3]!;
      const at = size - length;
      const number = kept[at]!;
      this.#sink.message(this.#isClient, 1, number, kept, at + 1, size - LENGTH_OCTETS);
      if (number === OLD_PUBLIC_KEY || number === OLD_SESSION_KEY) this.#state = State.ENCRYPTED;
    } else {
      const to = size - kept[LENGTH_OCTETS]!;
      const number = kept[LENGTH_OCTETS + 1]!;
      if (to < LENGTH_OCTETS + 2) this.#state = State.REFUSED;
      else this.#sink.message(this.#isClient, 2, number, kept, LENGTH_OCTETS + 2, to);
      if (number === NEW_KEYS) this.#state = State.ENCRYPTED;
    }
    if (this.#state === State.ENCRYPTED) this.#kept = new Uint8Array(0);
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.max(FIRST_OCTETS, length, this.#kept.length * 2));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
  }
}
