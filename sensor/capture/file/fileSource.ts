import type { Readable } from 'node:stream';
import { PacketBatch } from '../../../core/packet/batch.ts';
import type { FileInterface } from '../../../core/packet/file/interfaceTable.ts';
import { InterfaceTable } from '../../../core/packet/file/interfaceTable.ts';
import type { PacketSource, SourceLoss } from '../source.ts';
import { SupplyError } from './byteSupply.ts';
import type { CaptureFileInfo } from './captureFile.ts';
import { CaptureFile } from './captureFile.ts';
import { FileMerge } from './fileMerge.ts';

const batchPackets = 4096;
/** Larger ones fall out of the second-level cache between reading and parsing: 4 MiB cost a third more. */
const chunkOctets = 1024 * 1024;
/** Files of a merge share this much, each at least `leastChunkOctets`. */
const mergeOctets = 64 * 1024 * 1024;
const leastChunkOctets = 256 * 1024;

export interface FileSourceOptions {
  /** `-` is standard input. Plain, gzip or zstd, by their first octets. */
  paths: readonly string[];
  /** In the place of `process.stdin`. */
  stdin?: () => Readable;
  batchPackets?: number;
  chunkOctets?: number;
}

export interface FileProgress {
  /** Octets read so far, as they are on disk. */
  octets: number;
  /** Octets there are to read; null when one is a pipe. */
  total: number | null;
}

/**
 * Capture files as a source. One file is handed over in place; several are merged by time, as one tap.
 *
 * `next()` answers at once for one plain file, else with a promise. A file that is damaged or can't be read ends there,
 * with an entry in `files`; the others are read on. Faults of files are never exceptions.
 */
export class FileSource implements PacketSource {
  readonly live = false;
  readonly #interfaces = new InterfaceTable();
  readonly #merge: FileMerge | undefined;
  readonly #single: CaptureFile | undefined;
  readonly #batch: PacketBatch | undefined;

  constructor(options: FileSourceOptions) {
    const capacity = options.batchPackets ?? batchPackets;
    const chunk = options.chunkOctets ?? chunkOctets;
    const stdin = once(options.stdin ?? (() => process.stdin));
    const { paths } = options;
    if (paths.length === 1) {
      this.#single = CaptureFile.open(paths[0]!, 0, this.#interfaces, chunk, stdin);
      this.#batch = new PacketBatch(capacity);
    } else {
      const share = Math.max(leastChunkOctets, Math.floor(mergeOctets / Math.max(1, paths.length)));
      this.#merge = new FileMerge({
        paths,
        stdin,
        interfaces: this.#interfaces,
        batchPackets: capacity,
        chunkOctets: Math.min(chunk, share),
      });
    }
  }

  /** Grows while files are read. */
  get interfaces(): readonly FileInterface[] {
    return this.#interfaces.list;
  }

  /** What is known of each file by now; all of it after `'end'`. */
  get files(): CaptureFileInfo[] {
    return this.#files().map((file) => file.info);
  }

  /** Whether times finer than microseconds may come, as far as is known by now. */
  get subMicrosecond(): boolean {
    return this.#files().some((file) => file.subMicrosecond);
  }

  get progress(): FileProgress {
    let octets = 0;
    let total: number | null = 0;
    for (const file of this.#files()) {
      octets += file.taken;
      total = total === null || file.size === null ? null : total + file.size;
    }
    return { octets, total };
  }

  next(): PacketBatch | 'end' | Promise<PacketBatch | 'end'> {
    if (this.#merge !== undefined) return this.#merge.next();
    const batch = this.#batch!;
    const more = this.#single!.next(batch);
    if (typeof more === 'boolean') return more ? batch : 'end';
    return more.then((has) => (has ? batch : 'end'));
  }

  /** Files lose nothing. */
  takeLoss(_into: SourceLoss): void {}

  close(): void {
    this.#single?.close();
    this.#merge?.close();
  }

  #files(): readonly CaptureFile[] {
    return this.#single === undefined ? (this.#merge?.files ?? []) : [this.#single];
  }
}

/** Standard input can be read by one file only, however often it is named. */
function once(open: () => Readable): () => Readable {
  let opened = false;
  return () => {
    if (opened) throw new SupplyError('file.unreadable', 'standard input is read already');
    opened = true;
    return open();
  };
}
