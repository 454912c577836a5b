import type { MessagePort } from 'node:worker_threads';
import type { SealedDigest } from '../../core/dnsDigest/sealedPeriod.ts';
import type { HandedWindow } from '../window/handOver.ts';

/** What the merge thread is started with. */
export interface MergeOrder {
  tap: string;
  windowSeconds: number;
  /** The tap's share of the quantiles' coins (`coinOf`). */
  coin: number;
  /** One of each capture worker. */
  ports: readonly MessagePort[];
  /** As capture workers have it (`CaptureOrder.handedOver`). */
  handedOver: SharedArrayBuffer;
  /**
   * Whether a window is off the way once it is merged: live, nothing that happens behind may stop capture. Else (a replay)
   * once its parts are on the disk, which main says.
   */
  live: boolean;
}

/** What a capture worker sends. */
export type MergeInput =
  | { type: 'window'; window: HandedWindow }
  /** DNS of a period, or new pairs: packed here, as it takes time. */
  | { type: 'digest'; sealed: SealedDigest }
  | { type: 'end' };

/** What main sends: readings of the sensor's health, encoded; or that a worker is gone. */
export type MergeCommand = { type: 'health'; body: Uint8Array };

/** A part as the link's spool takes it. */
export interface PackedPart {
  kind: number;
  inflated: number;
  bytes: Uint8Array;
  longer: boolean;
}

/** What the merge thread sends to main. */
export type MergeReport =
  /**
   * Parts in their order, undefined for one that is too large for the link; `windows`: windows handed over that are dealt
   * with when these are on the disk.
   */
  | { type: 'parts'; parts: (PackedPart | undefined)[]; windows: number }
  /** All workers are gone, and everything was sent. */
  | { type: 'end' }
  | { type: 'failed'; message: string };
