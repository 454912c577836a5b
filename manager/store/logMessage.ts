import { inflateRawSync } from 'node:zlib';
import { decodeColumns } from '../../core/records/columns.ts';
import { decodeLogBatch } from '../../core/records/logBatch.ts';
import type { LogBatch } from '../../core/records/logBatch.ts';
import { logs } from '../../core/records/logs.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { linkLimits } from '../../proto/link.ts';

/** A durable message of kind `LOG`, read. */
export interface LogMessage {
  log: Log;
  batch: LogBatch;
  rows: readonly Row[];
}

/**
 * Reads the body of a message of kind `LOG`; undefined when it is damaged, or of a log or of fields that we do not have, or
 * not `wanted`, which is asked before rows are made.
 */
export function readLogMessage(
  { inflated }: { inflated: number },
  body: Uint8Array,
  wanted: (batch: LogBatch) => boolean = () => true,
): LogMessage | undefined {
  if (inflated > linkLimits.inflated) return undefined;
  const bytes = inflated === 0 ? body : inflate(body, inflated);
  if (bytes === undefined) return undefined;
  const batch = decodeLogBatch(bytes);
  if (batch instanceof Refusal) return undefined;
  const log = logs.find(({ path }) => path === batch.log);
  if (log === undefined || !wanted(batch)) return undefined;
  // A Buffer's own slice would be a view.
  const columns = Uint8Array.from(batch.columns);
  const rows = decodeColumns(log, columns.buffer);
  return rows instanceof Refusal || rows.length !== batch.rows ? undefined : { log, batch, rows };
}

function inflate(body: Uint8Array, inflated: number): Uint8Array | undefined {
  try {
    return inflateRawSync(body, { maxOutputLength: inflated });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
