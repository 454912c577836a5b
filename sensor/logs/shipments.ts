import { deflateRawSync } from 'node:zlib';
import { encodeColumns } from '../../core/records/columns.ts';
import { encodeLogBatch } from '../../core/records/logBatch.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { DurableKind, linkLimits } from '../../proto/link.ts';
import type { SpoolMessage } from '../link/spoolRecord.ts';

/** Bytes of columns of a log after which a message is made before its time. */
const BATCH_BYTES = 256 << 10;
/** A log without rows tells so often that there were none, in seconds. */
const SILENT_SECONDS = 60;
/** Bodies below this are sent as they are. */
const DEFLATE_FROM = 128;

interface Shipment {
  rows: Row[];
  bytes: number;
  dropped: number;
  /** End of the span of the last message. */
  to: number;
}

/** Makes durable messages of the rows of the logs that are shipped. */
export class Shipments {
  readonly #tap: string;
  readonly #live: boolean;
  readonly #logs: Map<Log, Shipment>;
  readonly #give: (message: Required<SpoolMessage>) => void;

  /** `live`: spans follow each other; else a message's span is that of its rows' `ts`. */
  constructor(
    options: { tap: string; live: boolean; logs: readonly Log[] },
    give: (message: Required<SpoolMessage>) => void,
  ) {
    this.#tap = options.tap;
    this.#live = options.live;
    this.#logs = new Map(options.logs.map((log) => [log, { rows: [], bytes: 0, dropped: 0, to: 0 }]));
    this.#give = give;
  }

  /** Rows may come to be from `at` on. That is told at once: whoever is killed before it told of any has lost them. */
  begin(at: number): void {
    for (const [log, shipment] of this.#logs) {
      shipment.to = at;
      if (this.#live) this.#seal(log, shipment, at);
    }
  }

  /** Takes rows, of so many bytes of columns. `to`: all that came to be before were given. */
  add(log: Log, rows: readonly Row[], bytes: number, to: number): void {
    const shipment = this.#logs.get(log);
    if (shipment === undefined) return;
    for (const row of rows) shipment.rows.push(row);
    shipment.bytes += bytes;
    if (shipment.bytes >= BATCH_BYTES) this.#seal(log, shipment, to);
  }

  /** So many rows of a log were given up. */
  dropped(path: string, rows: number): void {
    for (const [log, shipment] of this.#logs) if (log.path === path) shipment.dropped += rows;
  }

  /** Makes messages of what is held. At the `end` a log without rows tells that, too. */
  seal(to: number, isEnd = false): void {
    for (const [log, shipment] of this.#logs) {
      const isDue = this.#live && to > shipment.to && (isEnd || to - shipment.to >= SILENT_SECONDS);
      if (shipment.rows.length > 0 || shipment.dropped > 0 || isDue) this.#seal(log, shipment, to);
    }
  }

  #seal(log: Log, shipment: Shipment, to: number): void {
    const rows = shipment.rows.splice(0);
    const { dropped } = shipment;
    [shipment.bytes, shipment.dropped] = [0, 0];
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (const { ts } of rows) {
      if (typeof ts !== 'number') continue;
      first = Math.min(first, ts);
      last = Math.max(last, ts);
    }
    if (first > last) [first, last] = [0, 0];
    const span = this.#live ? { from: shipment.to, to: Math.max(to, shipment.to) } : { from: first, to: last };
    shipment.to = span.to;
    this.#pack(log, rows, { ...span, first, last, dropped });
  }

  /** One message; two where one would be larger than the link takes. */
  #pack(
    log: Log,
    rows: readonly Row[],
    span: { from: number; to: number; first: number; last: number; dropped: number },
  ): void {
    const columns = new Uint8Array(encodeColumns(log, rows));
    const plain = encodeLogBatch({ log: log.path, tap: this.#tap, rows: rows.length, ...span, columns });
    // A copy: what zlib gives may lie in memory that others share, and it is handed to another thread.
    const bytes = plain.length < DEFLATE_FROM ? plain : Uint8Array.from(deflateRawSync(plain));
    if (plain.length <= linkLimits.inflated && bytes.length <= linkLimits.body) {
      const inflated = bytes === plain ? 0 : plain.length;
      return this.#give({ kind: DurableKind.LOG, inflated, bytes, longer: false });
    }
    if (rows.length < 2) return this.#pack(log, [], { ...span, dropped: span.dropped + rows.length });
    const half = rows.length >> 1;
    this.#pack(log, rows.slice(0, half), { ...span, to: span.from });
    return this.#pack(log, rows.slice(half), { ...span, dropped: 0 });
  }
}
