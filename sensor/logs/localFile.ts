import fs from 'node:fs';
import path from 'node:path';

/** Bytes that are looked through for the end of a file's last whole line. */
const TAIL_BYTES = 1 << 20;

/** A log's file that is being written: whole lines only, whatever happened to the process that wrote it before. */
export class LocalFile {
  readonly name: string;
  readonly #descriptor: number;
  size: number;

  /** Opens it, or goes on with it; what a crash or a full disk left behind its last whole line is cut off. */
  constructor(directory: string, name: string) {
    this.name = name;
    this.#descriptor = fs.openSync(path.join(directory, name), 'a+', 0o640);
    try {
      this.size = this.#wholeLines();
    } catch (error) {
      fs.closeSync(this.#descriptor);
      throw error;
    }
  }

  /** Appends lines. Throws when the disk does not take all of them: then none of them is there. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#descriptor, bytes, at);
    } catch (error) {
      fs.ftruncateSync(this.#descriptor, this.size);
      throw error;
    }
    this.size += bytes.length;
  }

  close(): void {
    fs.closeSync(this.#descriptor);
  }

  #wholeLines(): number {
    const { size } = fs.fstatSync(this.#descriptor);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = fs.readSync(this.#descriptor, tail, 0, tail.length, size - tail.length);
    const end = tail.subarray(0, read).lastIndexOf(10) + 1;
    // A line of a mebibyte is none of ours: nothing is cut.
    const whole = end === 0 && size > tail.length ? size : size - tail.length + end;
    if (whole < size) fs.ftruncateSync(this.#descriptor, whole);
    return whole;
  }
}
