import { parentPort } from 'node:worker_threads';
import { describeError } from '../../runtime/error.ts';
import { scanSegment } from '../../runtime/segmentFile.ts';
import type { PrepareSegment, PreparedSegment } from './loadMessages.ts';
import { writeNativeFile } from './nativeFile.ts';
import { SegmentRows } from './segmentRows.ts';

/** Longest record that is believed when a segment is read. */
const maxRecord = 64 << 20;

/** The thread that turns closed segments into files for the engine, one after the other. */
function serve(): void {
  const port = parentPort;
  if (port === null) throw new TypeError('not a thread');
  port.on('message', (segment: PrepareSegment) => {
    void prepare(segment).then((answer) => port.postMessage(answer));
  });
}

async function prepare(segment: PrepareSegment): Promise<PreparedSegment> {
  const { id, path, origin, taps, files } = segment;
  try {
    const rows = new SegmentRows(origin, taps);
    const scan = await scanSegment(path, maxRecord, (bytes) => rows.add(bytes));
    const counts: Record<string, number> = {};
    for (const { table, count, values } of rows.tables) {
      const file = files[table.name];
      if (count === 0) continue;
      if (file === undefined) throw new TypeError(`no file for the table ${table.name}`);
      await writeNativeFile(file, table, values);
      counts[table.name] = count;
    }
    return {
      id,
      rows: counts,
      unreadable: rows.unreadable,
      damaged: scan.size - scan.end,
    };
  } catch (error) {
    return { id, error: describeError(error) };
  }
}

serve();
