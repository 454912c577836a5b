/** Octets that lines are kept in at first; twice as many whenever they are not enough, up to the bound. */
const FIRST_OCTETS = 1 << 16;
/** Octets of a UTF-16 unit in UTF-8, at most. */
const MOST_UTF8 = 3;
/** A line's end. */
const NEWLINE = 10;

/** Takes `bytes[from .. to)`, one line or several, each with its end; borrowed. */
export type LineSink = (bytes: Buffer, from: number, to: number) => void;

/**
 * Puts lines in order of time as far as bounded memory allows: holds a number of them, and lets the earlier half go when
 * there is no room for another. A line that is earlier than one that went is late, and comes when it comes. Lines of one
 * time keep their order.
 *
 * Lines are held as octets in one block: as texts they would be many small objects for the garbage collector, which cost
 * more than all else that is done for a row.
 */
export class RowOrder {
  readonly #mostRows: number;
  readonly #mostOctets: number;
  readonly #out: LineSink;
  /** Of each line: its time, and where it begins; it ends where the next begins. */
  readonly #times: number[] = [];
  readonly #starts: number[] = [];
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_OCTETS);
  #used = 0;

  /** Holds at most `mostRows` and `mostOctets`, a line that is longer than that alone excepted. */
  constructor(mostRows: number, mostOctets: number, out: LineSink) {
    this.#mostRows = mostRows;
    this.#mostOctets = mostOctets;
    this.#out = out;
  }

  get size(): number {
    return this.#times.length;
  }

  /** Takes a line of a time in seconds. */
  add(time: number, line: string): void {
    const most = line.length * MOST_UTF8 + 1;
    if (this.size > 0 && (this.size >= this.#mostRows || this.#used + most > this.#mostOctets)) this.#letGo();
    if (this.#used + most > this.#bytes.length) this.#grow(this.#used + most);
    this.#times.push(time);
    this.#starts.push(this.#used);
    this.#used += this.#bytes.write(line, this.#used);
    this.#bytes[this.#used++] = NEWLINE;
  }

  /** Hands out all that is held. */
  flush(): void {
    this.#handOut(this.#sorted());
    this.#times.length = 0;
    this.#starts.length = 0;
    this.#used = 0;
  }

  /** Hands out the earlier half, and moves the rest together in the order in which it came. */
  #letGo(): void {
    const order = this.#sorted();
    const gone = (order.length + 1) >> 1;
    this.#handOut(order.slice(0, gone));
    const kept = order.slice(gone).sort((a, b) => a - b);
    let to = 0;
    // Lines are moved towards the start, so that none is written over before it was moved.
    for (const [i, line] of kept.entries()) {
      const from = this.#starts[line]!;
      const end = this.#endOf(line);
      this.#bytes.copyWithin(to, from, end);
      this.#times[i] = this.#times[line]!;
      this.#starts[i] = to;
      to += end - from;
    }
    this.#times.length = kept.length;
    this.#starts.length = kept.length;
    this.#used = to;
  }

  /** Numbers of the lines by time; the sort is stable, and quick where they are nearly in order. */
  #sorted(): number[] {
    const times = this.#times;
    const order = times.map((_, i) => i);
    return order.sort((a, b) => times[a]! - times[b]!);
  }

  #handOut(order: readonly number[]): void {
    for (let i = 0; i < order.length;) {
      const first = order[i]!;
      let last = first;
      for (i++; i < order.length && order[i] === last + 1; i++) last++;
      this.#out(this.#bytes, this.#starts[first]!, this.#endOf(last));
    }
  }

  #endOf(line: number): number {
    return line + 1 < this.#starts.length ? this.#starts[line + 1]! : this.#used;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(this.#bytes.length * 2, this.#mostOctets)));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
