import type { Readable } from 'node:stream';
import { PacketBatch } from '../../../core/packet/batch.ts';
import { InterfaceTable } from '../../../core/packet/file/interfaceTable.ts';
import { CaptureFile } from './captureFile.ts';
import { isRegularFile } from './openSupply.ts';

const peekOctets = 64 * 1024;
const outputOctets = 4 * 1024 * 1024;

/** One file of the merge; its head is the packet that it would give next. */
interface Entry {
  number: number;
  file: CaptureFile;
  /** Null while the file is parked: its first time is known, and it is closed again. */
  batch: PacketBatch | null;
  index: number;
  seconds: number;
  nanos: number;
}

export interface FileMergeOptions {
  paths: readonly string[];
  interfaces: InterfaceTable;
  batchPackets: number;
  chunkOctets: number;
  stdin: () => Readable;
}

/**
 * Merges files by time, as one tap: always the earliest head, and of equal ones that of the file named first. Each file
 * is read in its own order, so one whose times step back is not sorted within.
 *
 * A file is open only from its first packet's time to its end: a row of a thousand rotated files has a few open. Where
 * a whole batch of one file comes before all other heads it is handed over as it is; else packets are copied together.
 */
export class FileMerge {
  readonly files: CaptureFile[] = [];
  readonly #options: FileMergeOptions;
  /** A binary heap, earliest first. */
  readonly #heap: Entry[] = [];
  readonly #output: PacketBatch;
  #memory: Buffer = Buffer.alloc(0);
  /** The entry whose batch was handed over last: it is used up, and read on at the next call. */
  #lent: Entry | undefined;
  #started = false;

  constructor(options: FileMergeOptions) {
    this.#options = options;
    this.#output = new PacketBatch(options.batchPackets);
  }

  async next(): Promise<PacketBatch | 'end'> {
    if (!this.#started) await this.#start();
    if (this.#lent !== undefined) await this.#readOn(this.#lent);
    this.#lent = undefined;
    const output = this.#output;
    output.count = 0;
    output.setBytes(this.#memory);
    let used = 0;
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) break;
      if (first.batch === null) {
        await this.#unpark(first);
        continue;
      }
      if (output.count === 0 && first.index === 0 && this.#isBeforeOthers(first)) {
        this.#lent = first;
        first.index = first.batch.count;
        return first.batch;
      }
      const caplen = first.batch.caplen[first.index]!;
      if (output.count === output.capacity || used + caplen > this.#memory.length) {
        if (output.count > 0) break;
        this.#memory = Buffer.allocUnsafeSlow(Math.max(outputOctets, caplen));
        output.setBytes(this.#memory);
      }
      this.#copy(first, used);
      used += caplen;
      if (++first.index < first.batch.count) this.#setHead(first);
      else await this.#readOn(first);
    }
    return output.count === 0 ? 'end' : output;
  }

  close(): void {
    for (const file of this.files) file.close();
    this.#heap.length = 0;
  }

  /** Looks at the first packet of every file. */
  async #start(): Promise<void> {
    this.#started = true;
    for (const [number, path] of this.#options.paths.entries()) {
      const parkable = isRegularFile(path);
      const interfaces = parkable ? new InterfaceTable() : this.#options.interfaces;
      const octets = parkable ? peekOctets : this.#options.chunkOctets;
      const file = CaptureFile.open(path, number, interfaces, octets, this.#options.stdin);
      const batch = new PacketBatch(parkable ? 1 : this.#options.batchPackets);
      this.files.push(file);
      if (!(await file.next(batch))) continue;
      const entry = {
        number,
        file,
        batch: parkable ? null : batch,
        index: 0,
        seconds: batch.seconds[0]!,
        nanos: batch.nanos[0]!,
      };
      if (parkable) file.close();
      this.#heap.push(entry);
      this.#siftUp(this.#heap.length - 1);
    }
  }

  async #unpark(entry: Entry): Promise<void> {
    const { interfaces, chunkOctets, stdin, batchPackets } = this.#options;
    entry.file = CaptureFile.open(entry.file.path, entry.number, interfaces, chunkOctets, stdin);
    this.files[entry.number] = entry.file;
    entry.batch = new PacketBatch(batchPackets);
    await this.#readOn(entry);
  }

  /** The next batch of an entry (which is first in the heap), or its end. */
  async #readOn(entry: Entry): Promise<void> {
    entry.index = 0;
    if (await entry.file.next(entry.batch!)) return this.#setHead(entry);
    entry.file.close();
    entry.batch = null;
    const last = this.#heap.pop()!;
    if (last === entry) return;
    this.#heap[0] = last;
    this.#siftDown();
  }

  #setHead(entry: Entry): void {
    entry.seconds = entry.batch!.seconds[entry.index]!;
    entry.nanos = entry.batch!.nanos[entry.index]!;
    this.#siftDown();
  }

  /** Whether all of the batch of the first entry comes before the head of every other entry. */
  #isBeforeOthers(first: Entry): boolean {
    const batch = first.batch!;
    for (const other of [this.#heap[1], this.#heap[2]]) {
      if (other === undefined) continue;
      for (let i = 0; i < batch.count; i++) {
        const seconds = batch.seconds[i]!;
        if (seconds < other.seconds) continue;
        const nanos = batch.nanos[i]!;
        if (seconds > other.seconds || nanos > other.nanos) return false;
        if (nanos === other.nanos && first.number > other.number) return false;
      }
    }
    return true;
  }

  #copy(entry: Entry, used: number): void {
    const from = entry.batch!;
    const output = this.#output;
    const i = entry.index;
    const to = output.count;
    const start = from.offset[i]!;
    // A batch of a CaptureFile has a Buffer, whose copy() makes no view.
    (from.bytes as Buffer).copy(this.#memory, used, start, start + from.caplen[i]!);
    output.offset[to] = used;
    output.caplen[to] = from.caplen[i]!;
    output.len[to] = from.len[i]!;
    output.seconds[to] = from.seconds[i]!;
    output.nanos[to] = from.nanos[i]!;
    output.vlanTci[to] = from.vlanTci[i]!;
    output.interface[to] = from.interface[i]!;
    output.linkType[to] = from.linkType[i]!;
    output.count = to + 1;
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isEarlier(heap[at]!, heap[parent]!)) return;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #siftDown(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let least = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2; child++) {
        if (child < heap.length && isEarlier(heap[child]!, heap[least]!)) least = child;
      }
      if (least === at) return;
      swap(heap, at, least);
      at = least;
    }
  }
}

function isEarlier(a: Entry, b: Entry): boolean {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds;
  if (a.nanos !== b.nanos) return a.nanos < b.nanos;
  return a.number < b.number;
}

function swap(heap: Entry[], a: number, b: number): void {
  const entry = heap[a]!;
  heap[a] = heap[b]!;
  heap[b] = entry;
}
