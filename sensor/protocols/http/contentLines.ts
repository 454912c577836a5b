/** Takes one direction's octets as lines and, where the message says so, as they are. */
export interface LineSink {
  /**
   * A line without its end. `hasEnd` is false for the first part of one that is longer than what is kept: the next call
   * goes on with it.
   */
  line(bytes: Uint8Array, from: number, to: number, hasEnd: boolean): void;
  /** Octets of a body whose length is known. */
  octets(bytes: Uint8Array, from: number, to: number): void;
  /** Octets that are no HTTP any more. */
  beyond(bytes: Uint8Array, from: number, to: number): void;
  weird(name: string): void;
}

/** Octets of a line that are kept; a longer one comes in parts. */
export const MOST_LINE = 65_536;

const CR = 0x0d;
const LF = 0x0a;
const lineEnd = Uint8Array.of(CR, LF);

/**
 * Cuts the octets of one direction into lines, by the rules of Zeek's line splitter: CR, LF and CRLF end a line, or only
 * CRLF within the parts of a multipart body. Whoever takes a line may change what comes next before it returns.
 */
export class ContentLines {
  /** Octets that are handed on as they are before lines go on. */
  plain = 0;
  /** Only CRLF ends a line. */
  isStrict = false;
  /** Nothing is taken any more. */
  isClosed = false;
  /** All that comes goes to `beyond`. */
  isBeyond = false;
  readonly #sink: LineSink;
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;
  #last = 0;
  /** Octets after which a line is over without an end; below 0 = not told. */
  #delivery = -1;
  #isLineEndOpen = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Octets of memory for a line that is not whole. */
  get held(): number {
    return this.#buffer.length;
  }

  /** A line that is open after that many octets is over; below 0 = none is. They begin behind the line at hand. */
  endAfter(octets: number): void {
    this.#delivery = octets;
    this.#isLineEndOpen = this.#last === CR;
  }

  feed(bytes: Uint8Array, from: number, to: number): void {
    if (this.isBeyond) {
      // The LF of the last line's end.
      const begin = from + (this.#last === CR && bytes[from] === LF ? 1 : 0);
      this.#last = 0;
      if (begin < to) this.#sink.beyond(bytes, begin, to);
      return;
    }
    if (this.isClosed || to <= from) return;
    if (this.#delivery > 0) {
      const begin = this.#isLineEndOpen && bytes[from] === LF ? from + 1 : from;
      this.#delivery = Math.max(-1, this.#delivery - (to - begin));
      this.#isLineEndOpen = false;
    }
    this.#cut(bytes, from, to);
    if (this.#delivery !== 0) return;
    this.#delivery = -1;
    if (this.#length > 0) {
      this.#sink.weird('line_terminated_without_CRLF');
      this.#cut(lineEnd, 0, 2);
    }
  }

  /** No more comes: a line that was begun is one. */
  end(): void {
    if (this.#length > 0 && !this.isBeyond) this.#cut(lineEnd, 1, 2);
  }

  #cut(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to && !this.isClosed) {
      if (!this.isStrict && this.#last === CR && bytes[at] === LF) {
        this.#last = LF;
        at++;
      }
      if (this.isBeyond) {
        if (at < to) this.#sink.beyond(bytes, at, to);
        return;
      }
      if (this.plain > 0 && at < to) {
        const end = Math.min(to, at + this.plain);
        this.plain -= end - at;
        this.#last = 0;
        this.#sink.octets(bytes, at, end);
        at = end;
        continue;
      }
      if (at < to) at = this.#line(bytes, at, to);
    }
  }

  /** Looks for the line's end from `from` on; answers where to go on. */
  #line(bytes: Uint8Array, from: number, to: number): number {
    const isStrict = this.isStrict;
    let last = this.#last;
    for (let at = from; at < to; at++) {
      const octet = bytes[at]!;
      if (octet === CR || octet === LF) {
        if (isStrict && octet === LF && last === CR && at === from && this.#length === 0) {
          // The CR before it ended a line when CR did.
          this.#last = LF;
          return at + 1;
        }
        let end = -1;
        let next = at + 1;
        if (octet === CR) {
          if (next < to && bytes[next] === LF) {
            end = at;
            next++;
          } else if (!isStrict) {
            end = at;
          }
        } else if (!isStrict) {
          end = at;
        } else if (last === CR) {
          end = at - 1;
        }
        if (end !== -1) {
          this.#last = next === at + 2 ? LF : octet;
          this.#emit(bytes, from, end);
          return next;
        }
      }
      if (last === CR && !isStrict) this.#sink.weird('line_terminated_with_single_CR');
      last = octet;
      if (this.#length + (at + 1 - from) >= MOST_LINE) {
        this.#last = last;
        this.#keep(bytes, from, at + 1);
        this.#part();
        return at + 1;
      }
    }
    this.#last = last;
    this.#keep(bytes, from, to);
    return to;
  }

  /** The line that ends before `end`; what was kept goes first. In strict lines the CR of its end may have been kept. */
  #emit(bytes: Uint8Array, from: number, end: number): void {
    if (this.#length === 0) {
      this.#sink.line(bytes, from, Math.max(from, end), true);
      return;
    }
    if (end >= from) this.#keep(bytes, from, end);
    else this.#length--;
    const length = this.#length;
    this.#length = 0;
    this.#sink.line(this.#buffer, 0, length, true);
  }

  #part(): void {
    // A CR may be half of an end.
    const isHeld = this.#last === CR && this.isStrict;
    const length = this.#length - (isHeld ? 1 : 0);
    const part = this.#buffer.slice(0, length);
    this.#length = 0;
    if (isHeld) this.#keep(Uint8Array.of(CR), 0, 1);
    this.#sink.line(part, 0, length, false);
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + (to - from);
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(128, length, Math.min(MOST_LINE, this.#buffer.length * 2)));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
  }
}
