import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../runtime/error.ts';

const bufferOctets = 1024 * 1024;
/** Writes are of at least this, but for the last. */
const leastWrite = 256 * 1024;
const standardOutput = 1;
const pollMillis = 5;

/**
 * A file that is written from its beginning to its end through one buffer: hidden beside its place until `close`, then
 * renamed over it, so a run that is broken off leaves the old file. Standard output (`-`) and what is no regular file
 * are written straight away.
 */
export class OutputFile {
  /** Where the next octets go: see `reserve`. */
  buffer: Buffer = Buffer.allocUnsafeSlow(bufferOctets);
  view: DataView = viewOf(this.buffer);
  readonly #path: string;
  readonly #hidden: string | undefined;
  #descriptor: number;
  #used = 0;

  constructor(name: string) {
    this.#path = name;
    try {
      if (name === '-') {
        this.#descriptor = standardOutput;
      } else if (fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? true) {
        this.#hidden = path.join(path.dirname(name), `.${path.basename(name)}.${randomBytes(6).toString('hex')}`);
        this.#descriptor = fs.openSync(this.#hidden, 'wx');
      } else {
        this.#descriptor = fs.openSync(name, 'w');
      }
    } catch (error) {
      throw this.#fault(error);
    }
  }

  /** Makes room for `octets` in the buffer and returns where they begin; the caller fills all of them. */
  reserve(octets: number): number {
    if (this.#used + octets > this.buffer.length || this.#used >= leastWrite) this.#flush();
    if (octets > this.buffer.length) {
      this.buffer = Buffer.allocUnsafeSlow(octets);
      this.view = viewOf(this.buffer);
    }
    const at = this.#used;
    this.#used += octets;
    return at;
  }

  write(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  /** Writes what is left, and puts the file in its place. */
  close(): void {
    if (this.#descriptor < 0) return;
    try {
      this.#flush();
      this.#closeDescriptor();
      if (this.#hidden !== undefined) fs.renameSync(this.#hidden, this.#path);
    } catch (error) {
      this.discard();
      throw error instanceof AppError ? error : this.#fault(error);
    }
  }

  /** Gives up: no file comes to be. */
  discard(): void {
    this.#closeDescriptor();
    if (this.#hidden !== undefined) fs.rmSync(this.#hidden, { force: true });
  }

  #closeDescriptor(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    if (descriptor > standardOutput) fs.closeSync(descriptor);
  }

  #flush(): void {
    for (let at = 0; at < this.#used;) {
      try {
        at += fs.writeSync(this.#descriptor, this.buffer, at, this.#used - at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw this.#fault(error);
        // Standard output may be a pipe that somebody made non-blocking.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMillis);
      }
    }
    this.#used = 0;
  }

  #fault(error: unknown): AppError {
    return new AppError('capture.output', 'the capture could not be written', {
      context: { file: this.#path },
      cause: error,
    });
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
