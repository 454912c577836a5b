import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Engine } from './engine.ts';
import type { LoadedCounts, LoadedRows, RetentionSink } from './loadedRows.ts';
import { rangeOf, leastCommonMultiple } from './ranges.ts';
import { sql } from './sql.ts';
import type { TapTable } from './tapTable.ts';

/** Answers from the raw tables alone. */
export function createRawRows(directory: string, engine: Engine, taps: TapTable): LoadedRows & RetentionSink & Stage {
  let database: DatabaseSync | undefined;
  let upTo = 0;
  let read = 0;
  return {
    name: 'raw rows',
    start() {
      database = new DatabaseSync(join(directory, 'loaded.db'));
      database.exec('PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS loaded (segment INTEGER)');
      upTo = Number(database.prepare('SELECT max(segment) AS n FROM loaded').get()?.['n'] ?? 0);
    },
    stop: () => database?.close(),
    loadedUpTo: () => upTo,
    loaded(segment) {
      database?.prepare('INSERT INTO loaded VALUES (?)').run(segment);
      upTo = segment;
    },
    dropping: () => undefined,
    heldFrom: () => Infinity,
    rowsRead: () => read,
    grain(_from, _to, numbers) {
      let grain = 0;
      for (const { id, seconds } of taps.taps())
        if (numbers.includes(id) && seconds > 0) grain = grain === 0 ? seconds : leastCommonMultiple(grain, seconds);
      return grain;
    },
    open() {
      const seg = upTo;
      return {
        upTo: seg,
        close: () => undefined,
        async counts({ cuts, taps: numbers }) {
          const rows = await engine.select(
            sql`SELECT * FROM win_raw WHERE tap IN (${numbers}) AND seg <= ${seg} AND ts >= ${cuts[0] ?? 0} AND ts < ${cuts.at(-1) ?? 0} AND seconds = window_seconds`,
          );
          read += rows.count;
          const counts: LoadedCounts[] = [];
          for (let i = 0; i < rows.count; i++) {
            const at = (column: string): number => rows.numbers(column)[i]!;
            const range = rangeOf(cuts, { start: at('ts'), seconds: at('seconds') });
            if (range < 0) continue;
            const replay = at('replay') === 1;
            const span: [number, number] = replay
              ? [at('ts'), at('ts') + at('seconds')]
              : [at('covered_from'), at('covered_to')];
            counts.push({
              tap: at('tap'),
              range,
              replay,
              packets: at('packets'),
              octets: at('octets'),
              loss: {
                kernel: at('kernel'),
                nic: at('nic'),
                shed: at('shed'),
                unrecorded: at('unrecorded'),
                freezes: at('freezes'),
                blindMillis: at('blind_ms'),
              },
              rows: 1,
              spans: [span],
              darkSeconds: Math.min(at('blind_ms') / 1000, span[1] - span[0]),
            });
          }
          return counts;
        },
        async *sections({ cuts, taps: numbers }, kinds) {
          const rows = await engine.select(
            sql`SELECT * FROM sk_raw WHERE kind IN (${[...kinds]}) AND tap IN (${numbers}) AND seg <= ${seg} AND ts >= ${cuts[0] ?? 0} AND ts < ${cuts.at(-1) ?? 0} AND (seconds = window_seconds OR (seconds = 60 AND kind IN (2, 48, 49, 50, 51, 64))) ORDER BY tap, ts`,
          );
          for (let i = 0; i < rows.count; i++) {
            const [start, seconds] = [rows.numbers('ts')[i]!, rows.numbers('seconds')[i]!];
            const range = rangeOf(cuts, { start, seconds });
            if (range < 0) continue;
            read += 1;
            yield {
              tap: rows.numbers('tap')[i]!,
              range,
              start,
              seconds,
              section: {
                kind: rows.numbers('kind')[i]!,
                version: rows.numbers('version')[i]!,
                parameters: rows.bytes('params')[i]!,
                seedHash: rows.bytes('seed')[i]!,
                body: rows.bytes('data')[i]!,
              },
            };
          }
        },
      };
    },
  };
}
