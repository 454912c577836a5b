/**
 * Writes our `conn.log` of captures, one folder a capture, in the form that a comparison with Zeek's rows takes.
 *
 *   node test/zeek/connRows.ts OUT FOLDER-OF-CAPTURES [NAME]...
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkSet, nonGlobalNetworks } from '../../core/packet/networkSet.ts';
import { conn, type ConnRecord } from '../../core/records/conn.ts';
import { jsonLine } from '../../core/records/jsonLine.ts';
import { FileSource } from '../../sensor/capture/file/fileSource.ts';
import { readConnection } from '../../sensor/flow/connection.ts';
import { LinkBit, SLOT_WORDS, Word } from '../../sensor/flow/layout.ts';
import { Pipeline } from '../../sensor/pipeline.ts';

/** The rows of one capture, by the sensor's own pipeline. */
export async function connRows(path: string): Promise<ConnRecord[]> {
  const rows: ConnRecord[] = [];
  const local = new NetworkSet(nonGlobalNetworks);
  const pipeline: Pipeline = new Pipeline({
    windowSeconds: 0,
    live: false,
    flowSlots: 65_536,
    seed: Uint32Array.from({ length: 20 }, (_, i) => Math.imul(i + 1, 0x9e3779b1)),
    statistics: { exact: false, topCapacity: 64, by: 'octets' },
    worker: 0,
    workers: 1,
    checksums: false,
    recycle: false,
    onConnection: (table, slot) => {
      const row = readConnection({ table, tracker: pipeline.flows.tracker, sensor: 'file', local }, slot);
      const isInTunnel = (table.u32[slot * SLOT_WORDS + Word.LINKS]! & LinkBit.TUNNEL) !== 0;
      // Which carrier it was is not kept; that there was one is.
      rows.push(isInTunnel ? { ...row, tunnel_parents: ['-'] } : row);
    },
    onWindow: () => undefined,
  });
  const source = new FileSource({ paths: [path], batchPackets: 64 });
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    pipeline.process(batch);
    batch.release();
  }
  source.close();
  pipeline.finish();
  return rows.toSorted((a, b) => a.ts - b.ts);
}

async function main(out: string, folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : readdirSync(folder)) {
    if (name.endsWith('.md')) continue;
    const rows = await connRows(join(folder, name));
    mkdirSync(join(out, name), { recursive: true });
    writeFileSync(join(out, name, 'conn.log'), rows.map((row) => `${jsonLine(conn, row)}\n`).join(''));
  }
}

if (import.meta.main) {
  const [out, folder, ...names] = process.argv.slice(2);
  if (out === undefined || folder === undefined) {
    process.stderr.write('usage: connRows.ts OUT FOLDER-OF-CAPTURES [NAME]...\n');
    process.exitCode = 2;
  } else {
    await main(out, folder, names);
  }
}
