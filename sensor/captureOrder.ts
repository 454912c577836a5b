import type { WindowPart } from '../core/summary/part.ts';
import type { CaptureFileInfo } from './capture/file/captureFile.ts';

/** Where a capture worker's packets come from. */
export type CaptureSource =
  | {
      kind: 'ring';
      /** AF_PACKET sockets, one a name and then spares, opened before capabilities were dropped. */
      fds: readonly number[];
      names: readonly string[];
      ringBytes: number;
      blockTimeoutMillis: number;
      snaplen: number;
      promiscuous: boolean;
    }
  | {
      kind: 'libpcap';
      interface: string;
      ringBytes: number;
      blockTimeoutMillis: number;
      snaplen: number;
      promiscuous: boolean;
    }
  | { kind: 'files'; paths: readonly string[]; speed: number | 'max' };

/** What a capture worker is started with. */
export interface CaptureOrder {
  source: CaptureSource;
  tap: string;
  windowSeconds: number;
  flowSlots: number;
  /** The flow table's random words. */
  seed: Uint32Array;
  filter: string;
  checksums: boolean;
  worker: number;
  workers: number;
}

/** What is said to a capture worker: to stop. It hands over what it has until `at` (seconds since 1970) at least. */
export interface CaptureStop {
  at: number;
}

/** What a capture worker says, on its port. */
export type CaptureReport =
  | { type: 'ready' }
  | { type: 'interface'; name: string; state: string }
  | { type: 'part'; part: WindowPart }
  | { type: 'end'; files: CaptureFileInfo[] }
  | { type: 'failed'; message: string };
