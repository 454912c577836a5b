import { RawInflate } from './rawInflate.ts';

/**
 * Compressed octets that are inflated at once: a call costs as much as some thousand octets do, and 1,032 times as many
 * can come of them.
 */
const PIECE = 16_384;
/** Octets of one body that are inflated. */
const MOST_INFLATED = 1_073_741_824;
/** Octets of a gzip header that are waited for. */
const MOST_HEADER = 4096;

const none = new Uint8Array(0);

/** What stopped an inflation, if something did. */
export type InflateState = 'goes on' | 'failed' | 'too much';

/**
 * Undoes gzip (RFC 1952), zlib (RFC 1950) and bare deflate (RFC 1951) as octets come; which it is, its first octets say.
 * Only the first member of gzip counts; checksums are not looked at. Bounded against bombs.
 */
export class Inflater {
  readonly #out: (bytes: Uint8Array, time: number) => void;
  readonly #inflate: RawInflate = new RawInflate();
  #state: InflateState = 'goes on';
  /** Octets of a header that is not complete; undefined behind it. */
  #header: Uint8Array | undefined = none;
  #inflated = 0;
  /** Octets that wait until a call is worth it. */
  #held: Uint8Array = none;
  #heldLength = 0;
  /** Where the octets that came last begin there: they may bring nothing, as a checksum does. */
  #lastBegin = 0;
  #lastTime = 0;
  #time = 0;

  /** `out` is told content with the time of the octets that brought it. */
  constructor(out: (bytes: Uint8Array, time: number) => void) {
    this.#out = out;
  }

  get state(): InflateState {
    return this.#state;
  }

  push(bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.#state !== 'goes on') return;
    if (this.#header === undefined) {
      this.#hold(bytes, from, to, time);
      return;
    }
    const joined = new Uint8Array(this.#header.length + to - from);
    joined.set(this.#header);
    joined.set(bytes.subarray(from, to), this.#header.length);
    const begin = contentBegin(joined);
    if (begin === -1 && joined.length < MOST_HEADER) {
      this.#header = joined;
      return;
    }
    this.#header = undefined;
    this.#time = time;
    this.#lastTime = time;
    this.#push(joined, Math.max(0, begin), joined.length);
  }

  /** Inflates all that came. */
  flush(): void {
    const length = this.#heldLength;
    const begin = this.#lastBegin;
    // Content may end what it is in, which flushes once more.
    this.#heldLength = 0;
    this.#lastBegin = 0;
    if (begin > 0) this.#push(this.#held, 0, begin);
    this.#time = this.#lastTime;
    if (length > begin) this.#push(this.#held, begin, length);
  }

  #hold(bytes: Uint8Array, from: number, to: number, time: number): void {
    this.#lastBegin = this.#heldLength;
    this.#time = this.#lastTime;
    this.#lastTime = time;
    for (let at = from; at < to;) {
      if (this.#held.length === 0) this.#held = new Uint8Array(PIECE);
      const end = Math.min(to, at + PIECE - this.#heldLength);
      this.#held.set(bytes.subarray(at, end), this.#heldLength);
      this.#heldLength += end - at;
      at = end;
      if (this.#heldLength === PIECE) this.flush();
    }
  }

  /** Nothing more comes of it. */
  close(): void {
    this.#inflate.close();
  }

  #push(bytes: Uint8Array, from: number, to: number): void {
    if (this.#state !== 'goes on' || to <= from) return;
    const isGood = this.#inflate.push(bytes, from, to, (inflated) => {
      this.#inflated += inflated.length;
      if (this.#inflated > MOST_INFLATED) this.#state = 'too much';
      else this.#out(inflated, this.#time);
      return this.#state === 'goes on';
    });
    if (!isGood) this.#state = 'failed';
  }
}

/** Where the deflated octets begin; -1 = more is needed to tell. */
function contentBegin(bytes: Uint8Array): number {
  if (bytes.length < 2) return -1;
  const [first, second] = [bytes[0]!, bytes[1]!];
  if (first === 0x1f && second === 0x8b) return gzipBegin(bytes);
  const isZlib = (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;
  return isZlib ? 2 : 0;
}

function gzipBegin(bytes: Uint8Array): number {
  if (bytes.length < 10) return -1;
  const flags = bytes[3]!;
  let at = 10;
  if ((flags & 4) !== 0) {
    if (at + 2 > bytes.length) return -1;
    at += 2 + bytes[at]! + bytes[at + 1]! * 256;
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end === -1) return -1;
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at > bytes.length ? -1 : at;
}
