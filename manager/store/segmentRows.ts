import { inflateRawSync } from 'node:zlib';
import { DurableKind } from '../../proto/link.ts';
import { decodePart } from '../../proto/partCodec.ts';
import type { WirePart } from '../../proto/partCodec.ts';
import { DnsRows } from './dnsRows.ts';
import { GrowingRows } from './growingRows.ts';
import type { SegmentOrigin } from './growingRows.ts';
import { decodeEntry, tapId } from './journalEntry.ts';
import type { JournalHead } from './journalEntry.ts';
import { readLogMessage } from './logMessage.ts';
import type { LogMessage } from './logMessage.ts';
import { logSpan, logTable, presenceColumn, valueColumn } from './logTables.ts';
import { storedValue } from './logValues.ts';
import { msgRaw, skRaw, winRaw } from './schema.ts';

/** Kinds that are kept as messages only when they cannot be read. */
const unreadKinds: readonly number[] = [DurableKind.PART, DurableKind.LOG, DurableKind.DNS];

type Message = Extract<JournalHead, { type: 'message' }>;

/**
 * Turns the records of a segment into rows of the raw tables. A message with a row is a part: a row of windows, and one a
 * section. One of a log is a row of spans, and its rows; one of DNS is rows of several tables. All others, and what can't be
 * read, are kept as messages.
 */
export class SegmentRows {
  readonly windows = new GrowingRows(winRaw);
  readonly sections = new GrowingRows(skRaw);
  readonly messages = new GrowingRows(msgRaw);
  readonly spans = new GrowingRows(logSpan);
  /** Rows of logs, by the log's path. */
  readonly logs = new Map<string, GrowingRows>();
  /** Parts, logs and records that could not be read. */
  unreadable = 0;
  readonly dns: DnsRows;
  readonly #origin: Readonly<Record<'arrived' | 'mgr' | 'seg', number>>;
  readonly #taps: ReadonlyMap<string, number>;

  /** `taps`: numbers of the taps, by `tapId`. */
  constructor({ arrived, manager, number }: SegmentOrigin, taps: ReadonlyMap<string, number>) {
    this.#origin = { arrived, mgr: manager, seg: number };
    this.dns = new DnsRows({ arrived, manager, number });
    this.#taps = taps;
  }

  /** Takes a record. Its bytes are copied where they are kept. */
  add(record: Uint8Array): void {
    const entry = decodeEntry(record);
    if (entry === undefined) {
      this.unreadable += 1;
      return;
    }
    if (entry.head.type !== 'message') return;
    const { row } = entry.head;
    const tap = row === undefined ? undefined : this.#taps.get(tapId(row));
    const log = entry.head.kind === DurableKind.LOG ? readLogMessage(entry.head, entry.body) : undefined;
    if (log !== undefined) this.#addLog(entry.head, log);
    else if (this.dns.add(entry)) return;
    else if (row === undefined || tap === undefined) this.#addMessage(entry.head, entry.body);
    else this.#addPart(entry.head, entry.body, tap);
  }

  #addPart(head: Message, body: Uint8Array, tap: number): void {
    const { row } = head;
    if (row === undefined) return;
    const { start: ts, seconds, windowSeconds, loss, packets } = row;
    this.windows.add({
      tap,
      ts,
      seconds,
      window_seconds: windowSeconds,
      replay: Number(row.replay),
      covered_from: row.coveredFrom,
      covered_to: row.coveredTo,
      packets,
      octets: row.octets,
      kernel: loss.kernel,
      nic: loss.nic,
      shed: loss.shed,
      unrecorded: loss.unrecorded,
      freezes: loss.freezes,
      blind_ms: loss.blindMillis,
      ...this.#origin,
    });
    const part = readBody(head, body);
    if (part === undefined) {
      // Its row was read when it came; what the body holds beyond that is kept for who can read it.
      this.#addMessage(head, body);
      return;
    }
    for (const { kind, version, parameters, seedHash, body: data } of part.sections)
      this.sections.add({
        tap,
        kind,
        version,
        ts,
        seconds,
        window_seconds: windowSeconds,
        packets,
        params: parameters,
        seed: seedHash,
        data,
        ...this.#origin,
      });
  }

  /** All tables that there may be rows of. */
  get tables(): readonly Pick<GrowingRows, 'table' | 'values' | 'count'>[] {
    return [this.windows, this.sections, this.messages, this.spans, ...this.logs.values(), ...this.dns.tables];
  }

  #addLog({ site, sensor, replay }: Message, { log, batch, rows }: LogMessage): void {
    const { tap, from, to, first, last, dropped } = batch;
    this.spans.add({
      log: log.path,
      site,
      sensor,
      tap,
      replay: Number(replay),
      covered_from: from,
      covered_to: to,
      first_ts: first,
      last_ts: last,
      rows: rows.length,
      dropped,
      ...this.#origin,
    });
    let growing = this.logs.get(log.path);
    if (growing === undefined) this.logs.set(log.path, (growing = new GrowingRows(logTable(log))));
    for (const row of rows) {
      const values: Record<string, number | Uint8Array | string> = { site, sensor, tap, ...this.#origin };
      for (const field of log.fields) {
        const value = row[field.name];
        values[valueColumn(field)] = storedValue(field, value);
        if (field.optional === true) values[presenceColumn(field)] = value === undefined ? 0 : 1;
      }
      growing.add(values);
    }
  }

  #addMessage(head: Message, body: Uint8Array): void {
    if (unreadKinds.includes(head.kind)) this.unreadable += 1;
    this.messages.add({
      site: head.site,
      sensor: head.sensor,
      stream: head.stream,
      seq: head.seq,
      kind: head.kind,
      replay: Number(head.replay),
      arrived_ms: Math.max(0, Math.trunc(head.arrivedMillis)),
      inflated: head.inflated,
      data: Uint8Array.from(body),
      ...this.#origin,
    });
  }
}

function readBody(head: Message, body: Uint8Array): WirePart | undefined {
  try {
    // Not deflated, it would be a view of the reader's own memory.
    const bytes =
      head.inflated === 0 ? Uint8Array.from(body) : inflateRawSync(body, { maxOutputLength: head.inflated });
    const part = decodePart(bytes);
    return part.type === 'fault' ? undefined : part;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
