import type { MessagePort } from 'node:worker_threads';
import type { CaptureFileInfo } from './capture/file/captureFile.ts';
import type { RealmRules } from './flow/realms.ts';
import type { RowsOrder } from './logs/logsOrder.ts';

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

/** What a capture worker needs to make digests of DNS. */
export interface DigestsOrder {
  tap: string;
  periodSeconds: number;
  bytes: number;
  seeds: readonly [number, number, number];
}

/** What a capture worker is started with. */
export interface CaptureOrder {
  source: CaptureSource;
  windowSeconds: number;
  flowSlots: number;
  /** The flow table's random words. */
  seed: Uint32Array;
  /** The deployment's seed, where it is known: keyed sections are made. */
  deploymentSeed: Uint8Array | undefined;
  /** The tap's share of the quantiles' coins (`coinOf`). */
  coin: number;
  filter: string;
  checksums: boolean;
  /** Networks that are local; the non-global blocks if undefined. */
  local: readonly string[] | undefined;
  realms: RealmRules;
  worker: number;
  workers: number;
  /** Where windows go: to the merge thread. */
  merge: MessagePort;
  /** Octets of memory that flows whose payload is looked at may take. */
  protocolBytes: number;
  /** Where rows of logs go, where somebody wants them. */
  rows: RowsOrder | undefined;
  /** Where DNS is looked for beside its usual ports. */
  dns: { morePorts: readonly number[]; byContent: boolean };
  /** Digests of DNS that are shipped, where they are. */
  digests: DigestsOrder | undefined;
  /** An Int32 that all workers share: windows handed over that are not dealt with yet. */
  handedOver: SharedArrayBuffer;
}

/** What is said to a capture worker: to stop. It hands over what it has until `at` (seconds since 1970) at least. */
export interface CaptureStop {
  type: 'stop';
  at: number;
}

/** What is said to a capture worker. A seed holds for windows that begin from then on. */
export type CaptureCommand = CaptureStop | { type: 'seed'; seed: Uint8Array };

/** What a capture worker says, on its port. */
export type CaptureReport =
  | { type: 'ready' }
  | { type: 'interface'; name: string; state: string }
  | { type: 'end'; files: CaptureFileInfo[] }
  | { type: 'failed'; message: string };
