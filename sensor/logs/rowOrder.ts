/**
 * Puts lines in order of time as far as bounded memory allows: holds a number of them, and lets the earliest go when
 * there is no room for another. A line that is earlier than one that went is late, and comes when it comes.
 *
 * A binary heap by (time, number of arrival): lines of one time keep their order.
 */
export class RowOrder {
  readonly #mostRows: number;
  readonly #mostCharacters: number;
  readonly #times: number[] = [];
  readonly #numbers: number[] = [];
  readonly #lines: string[] = [];
  #characters = 0;
  #next = 0;

  constructor(mostRows: number, mostCharacters: number) {
    this.#mostRows = mostRows;
    this.#mostCharacters = mostCharacters;
  }

  get size(): number {
    return this.#lines.length;
  }

  /** Takes a line of a time in seconds, and hands out what there is no room for. */
  add(time: number, line: string, out: (line: string) => void): void {
    this.#characters += line.length;
    this.#times.push(time);
    this.#numbers.push(this.#next++);
    this.#lines.push(line);
    this.#rise(this.size - 1);
    while (this.size > this.#mostRows || this.#characters > this.#mostCharacters) out(this.#take());
  }

  /** Hands out all that is held. */
  flush(out: (line: string) => void): void {
    while (this.size > 0) out(this.#take());
  }

  #take(): string {
    const line = this.#lines[0]!;
    this.#swap(0, this.size - 1);
    this.#times.pop();
    this.#numbers.pop();
    this.#lines.pop();
    this.#sink();
    this.#characters -= line.length;
    return line;
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      let least = 2 * at + 1;
      if (least >= this.size) return;
      if (least + 1 < this.size && this.#isBefore(least + 1, least)) least++;
      if (!this.#isBefore(least, at)) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const x = this.#times[a]!;
    const y = this.#times[b]!;
    return x === y ? this.#numbers[a]! < this.#numbers[b]! : x < y;
  }

  #swap(a: number, b: number): void {
    swap(this.#times, a, b);
    swap(this.#numbers, a, b);
    swap(this.#lines, a, b);
  }
}

function swap(list: unknown[], a: number, b: number): void {
  const kept = list[a];
  list[a] = list[b];
  list[b] = kept;
}
