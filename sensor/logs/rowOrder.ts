import { OctetBlock } from '../../core/records/octetBlock.ts';

/** Octets that are handed out at once, where lines must be put together for it. */
const OUT_OCTETS = 1 << 18;
/** Octets beyond the bound that a line may take before it is known that there is no room for it. */
const LINE_OCTETS = 1 << 16;
/** A line's end. */
const NEWLINE = 10;

/** Takes `bytes[from .. to)`, one line or several, each with its end; borrowed. */
export type LineSink = (bytes: Uint8Array, from: number, to: number) => void;
/** Writes a line without its end. */
export type LineWriter<T> = (line: T, block: OctetBlock) => void;

/**
 * Puts lines in order of time as far as bounded memory allows: holds a number of them, and lets the earlier half go when
 * there is no room for another. A line that is earlier than one that went is late, and comes when it comes. Lines of one
 * time keep their order.
 *
 * Lines are held as octets in one block: as texts they would be many small objects for the garbage collector, which cost
 * more than all else that is done for a row.
 */
export class RowOrder<T> {
  readonly #write: LineWriter<T>;
  readonly #mostRows: number;
  readonly #mostOctets: number;
  readonly #out: LineSink;
  /** Of each line: its time, and where it begins; it ends where the next begins. */
  readonly #times: number[] = [];
  readonly #starts: number[] = [];
  /** Lines begin behind what is put together for `out`: within one array octets are moved without another object. */
  #block: OctetBlock | undefined = undefined;

  /** Holds at most `mostRows` and `mostOctets`, a line that is longer than that alone excepted. */
  constructor(write: LineWriter<T>, mostRows: number, mostOctets: number, out: LineSink) {
    this.#write = write;
    this.#mostRows = mostRows;
    this.#mostOctets = mostOctets;
    this.#out = out;
  }

  get size(): number {
    return this.#times.length;
  }

  /** Takes a line of a time in seconds. */
  add(time: number, line: T): void {
    const block = (this.#block ??= emptyBlock(this.#mostOctets));
    let from = block.used;
    this.#write(line, block);
    block.reserve(1);
    block.bytes[block.used++] = NEWLINE;
    const isMore = this.size >= this.#mostRows || block.used - OUT_OCTETS > this.#mostOctets;
    if (this.size > 0 && isMore) from = this.#letGo(block, from);
    this.#times.push(time);
    this.#starts.push(from);
  }

  /** Hands out all that is held. */
  flush(): void {
    if (this.#block === undefined) return;
    this.#handOut(this.#block, this.#sorted(), this.#block.used);
    this.#times.length = 0;
    this.#starts.length = 0;
    this.#block = undefined;
  }

  /**
   * Hands out the earlier half of the lines that end at `behind`, and moves the rest together in the order in which it
   * came, with what stands behind them. Answers where that begins then.
   */
  #letGo(block: OctetBlock, behind: number): number {
    const { bytes } = block;
    const order = this.#sorted();
    const gone = (order.length + 1) >> 1;
    this.#handOut(block, order.slice(0, gone), behind);
    const kept = order.slice(gone).sort((a, b) => a - b);
    let to = OUT_OCTETS;
    // Lines are moved towards the start, so that none is written over before it was moved.
    for (const [i, line] of kept.entries()) {
      const from = this.#starts[line]!;
      const end = this.#endOf(line, behind);
      bytes.copyWithin(to, from, end);
      this.#times[i] = this.#times[line]!;
      this.#starts[i] = to;
      to += end - from;
    }
    this.#times.length = kept.length;
    this.#starts.length = kept.length;
    bytes.copyWithin(to, behind, block.used);
    block.used -= behind - to;
    return to;
  }

  /** Numbers of the lines by time; the sort is stable, and quick where they are nearly in order. */
  #sorted(): number[] {
    const times = this.#times;
    const order = times.map((_, i) => i);
    return order.sort((a, b) => times[a]! - times[b]!);
  }

  /** Lines that stand one behind the other go together, what is short is put together first. */
  #handOut({ bytes }: OctetBlock, order: readonly number[], behind: number): void {
    let filled = 0;
    for (let i = 0; i < order.length;) {
      const first = order[i]!;
      let last = first;
      for (i++; i < order.length && order[i] === last + 1; i++) last++;
      const from = this.#starts[first]!;
      const to = this.#endOf(last, behind);
      if (filled + to - from > OUT_OCTETS) {
        this.#out(bytes, 0, filled);
        filled = 0;
      }
      if (to - from > OUT_OCTETS) {
        this.#out(bytes, from, to);
      } else {
        bytes.copyWithin(filled, from, to);
        filled += to - from;
      }
    }
    if (filled > 0) this.#out(bytes, 0, filled);
  }

  #endOf(line: number, behind: number): number {
    return line + 1 < this.#starts.length ? this.#starts[line + 1]! : behind;
  }
}

/** All of it at once: what is not written to takes no memory, and to grow would be to copy. */
function emptyBlock(mostOctets: number): OctetBlock {
  const block = new OctetBlock(OUT_OCTETS + mostOctets + LINE_OCTETS);
  block.used = OUT_OCTETS;
  return block;
}
