/** What takes the content of a file in order. */
export interface RangeSink {
  deliver(bytes: Uint8Array): void;
  /** Octets that will not come any more. */
  gap(length: number): void;
}

interface Block {
  from: number;
  to: number;
  bytes: Uint8Array;
}

/** Blocks that may wait, so that many tiny ranges cost no more than a few large ones. */
const MOST_BLOCKS = 4096;

/**
 * Puts a file together whose ranges come in any order (RFC 9110, section 14): what is in order is handed on, the rest
 * waits. Octets that came once stay as they are. By Zeek's rules, what is flushed counts as missed where it has holes.
 */
export class Ranges {
  readonly #sink: RangeSink;
  #blocks: Block[] = [];
  /** Where the next octets to hand on begin. */
  #next: number;
  /** Up to where nothing is taken any more. */
  #trimmed: number;
  #waiting = 0;
  #isFlushing = false;

  constructor(sink: RangeSink, next: number) {
    this.#sink = sink;
    this.#next = next;
    this.#trimmed = next;
  }

  /** Octets that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  get isFull(): boolean {
    return this.#blocks.length >= MOST_BLOCKS;
  }

  get isFlushing(): boolean {
    return this.#isFlushing;
  }

  /** Takes `bytes[from .. to)`, which stand at `offset` in the file. */
  add(offset: number, bytes: Uint8Array, from: number, to: number): void {
    const low = Math.max(offset, this.#trimmed);
    const high = offset + (to - from);
    if (low >= high) return;
    this.#insert(low, high, (at, end) => bytes.slice(from + (at - offset), from + (end - offset)));
    this.#handOn();
  }

  /** Hands on all that waits. Answers with the octets missed on the way. */
  flush(): number {
    const last = this.#blocks.at(-1);
    if (this.#isFlushing || last === undefined) return 0;
    return this.#trimFlushing(last.to);
  }

  /** Gives up what is missing up to `offset`, which is where the file goes on. */
  flushTo(offset: number): void {
    if (this.#isFlushing) return;
    this.#trimFlushing(offset);
    this.#next = offset;
  }

  #trimFlushing(offset: number): number {
    this.#isFlushing = true;
    const missed = this.#trim(offset);
    this.#isFlushing = false;
    return missed;
  }

  /** Keeps what was there; puts the new between. */
  #insert(low: number, high: number, slice: (at: number, end: number) => Uint8Array): void {
    const put = (index: number, from: number, to: number): void => {
      this.#blocks.splice(index, 0, { from, to, bytes: slice(from, to) });
      this.#waiting += to - from;
    };
    const last = this.#blocks.at(-1);
    if (last === undefined || last.to <= low) {
      put(this.#blocks.length, low, high);
      return;
    }
    let at = low;
    let index = this.#blocks.findIndex(({ to }) => to > low);
    while (at < high) {
      const block = this.#blocks[index];
      if (block === undefined || high <= block.from) {
        put(index, at, high);
        return;
      }
      if (at < block.from) put(index++, at, block.from);
      at = block.to;
      index++;
    }
  }

  #handOn(): void {
    let isMoved = false;
    for (const { from, to, bytes } of this.#blocks) {
      if (from > this.#next) break;
      if (from < this.#next) continue;
      this.#next = to;
      isMoved = true;
      this.#sink.deliver(bytes);
    }
    if (isMoved) this.#trim(this.#next);
  }

  #trim(offset: number): number {
    let missed = 0;
    const first = this.#blocks[0];
    if (first !== undefined) missed += Math.max(0, first.from - this.#next);
    else missed += Math.max(0, offset - this.#next);
    if (offset > this.#next) this.#giveUp(offset);
    let dropped = 0;
    for (const [i, { from, to }] of this.#blocks.entries()) {
      if (to > offset) break;
      const then = this.#blocks[i + 1];
      if (then !== undefined && then.from <= offset) missed += then.from - to;
      else if (to !== offset && to !== offset - 1) missed += offset - to;
      this.#waiting -= to - from;
      dropped++;
    }
    if (dropped > 0) this.#blocks.splice(0, dropped);
    this.#trimmed = Math.max(this.#trimmed, offset);
    if (this.#blocks[0]?.from === this.#next) this.#handOn();
    return missed;
  }

  /** Hands on what begins below `offset`, and the holes around it. */
  #giveUp(offset: number): void {
    for (const { from, to, bytes } of this.#blocks) {
      if (from < this.#next) continue;
      if (from >= offset) break;
      if (from > this.#next) this.#sink.gap(from - this.#next);
      this.#next = to;
      this.#sink.deliver(bytes);
    }
    if (offset > this.#next) {
      this.#sink.gap(offset - this.#next);
      this.#next = offset;
    }
  }
}
