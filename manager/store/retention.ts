import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Engine } from './engine.ts';
import type { RetentionSink } from './loadedRows.ts';
import { levels, monthOf } from './schema.ts';
import type { LevelName } from './schema.ts';
import { name, sql } from './sql.ts';
import type { TapTable } from './tapTable.ts';

/** Milliseconds between two looks. */
const everyMillis = 600_000;
const hourSeconds = 3600;

/** Seconds that rows of each level are kept; undefined = always. */
export interface RetentionConfig {
  seconds: Readonly<Record<'raw' | LevelName, number | undefined>>;
  /** Seconds that messages are kept which are in no answer. */
  messageSeconds: number;
  /** Space of all tables; beyond it the oldest rows of the finest level go first. */
  bytes: number;
}

export interface RetentionDeps {
  engine: Engine;
  taps: TapTable;
  sink: RetentionSink;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** Removes whole partitions: what is past its time, and what is beyond the space. */
export interface Retention extends Stage {
  run(): Promise<void>;
}

/** The rows of one partition. */
interface Partition {
  level: 'raw' | LevelName;
  tables: readonly string[];
  /** The column of the partition, and its value: hours of arrival, or months. */
  column: 'arrived' | 'month';
  value: number;
  /** Hour of its newest arrival, and its last segment (of raw rows). */
  arrived: number;
  seg: number;
  /** End of the last row in it, in seconds since 1970. */
  until: number;
}

export function createRetention(config: RetentionConfig, deps: RetentionDeps): Retention {
  const { engine, sink, taps, clock } = deps;
  const log = deps.log.named('retention');
  const dropped = deps.metrics.counter('store_dropped_partitions', 'partitions', 'Partitions that retention removed.');
  const early = deps.metrics.counter(
    'store_early_partitions',
    'partitions',
    'Partitions that were removed before their time, for want of space.',
  );
  let cancel: (() => void) | undefined;
  let running: Promise<void> | undefined;
  const state = { stopping: false };

  /** All partitions with rows of windows, of the finest level first, the oldest first in each. */
  async function partitions(): Promise<Partition[]> {
    const found: Partition[] = [];
    const raw = await engine.select(
      sql`SELECT arrived, max(seg) AS last, max(ts + seconds) AS until FROM win_raw GROUP BY arrived ORDER BY arrived`,
    );
    for (let i = 0; i < raw.count; i++) {
      const value = raw.numbers('arrived')[i]!;
      const seg = raw.numbers('last')[i]!;
      const until = raw.numbers('until')[i]!;
      found.push({ level: 'raw', tables: ['win_raw', 'sk_raw'], column: 'arrived', value, arrived: value, seg, until });
    }
    for (const { name: level } of levels) {
      const rows = await engine.select(
        sql`SELECT month, max(arrived) AS newest, max(ts + seconds) AS until FROM ${name(`win_${level}`)} GROUP BY month ORDER BY month`,
      );
      for (let i = 0; i < rows.count; i++) {
        const value = rows.numbers('month')[i]!;
        const arrived = rows.numbers('newest')[i]!;
        const until = rows.numbers('until')[i]!;
        found.push({ level, tables: [`win_${level}`, `sk_${level}`], column: 'month', value, arrived, seg: 0, until });
      }
    }
    return found;
  }

  const isHeld = ({ level, seg, until }: Partition): boolean =>
    level === 'raw' ? seg >= sink.heldFrom() : sink.holds(level, until);

  /** Packets' time and time of arrival must both be past, so that an old capture that was just read is not dropped. */
  function isPast({ level, value, arrived }: Partition, now: number): boolean {
    const seconds = config.seconds[level];
    if (seconds === undefined || (arrived + 1) * hourSeconds + seconds > now) return false;
    return level === 'raw' || value < monthOf(now - seconds);
  }

  async function drop(partition: Partition): Promise<void> {
    const { level, tables, column, value } = partition;
    // A tap may have lists of a longer period, and no window of it.
    const until: (readonly [tap: number, to: number])[] = [];
    for (const table of tables) {
      const ends = await engine.select(
        sql`SELECT tap, max(ts + seconds) AS until FROM ${name(table)} WHERE ${name(column)} = ${value} GROUP BY tap`,
      );
      for (const [i, tap] of ends.numbers('tap').entries()) until.push([tap, ends.numbers('until')[i]!]);
    }
    sink.dropping(level, until);
    // Who began to read before that reads to the end: it would miss rows, and not know it.
    await sink.unread();
    if (state.stopping) return;
    if (level === '1d') for (const [tap, to] of until) taps.expired(tap, to);
    for (const one of tables) await engine.exec(sql`ALTER TABLE ${name(one)} DROP PARTITION ${value}`);
    dropped.add();
  }

  async function dropMessages(now: number): Promise<void> {
    const before = Math.floor((now - config.messageSeconds) / hourSeconds);
    const rows = await engine.select(sql`SELECT DISTINCT arrived FROM msg_raw WHERE arrived < ${before}`);
    for (const value of rows.numbers('arrived'))
      await engine.exec(sql`ALTER TABLE ${name('msg_raw')} DROP PARTITION ${value}`);
  }

  async function used(): Promise<number> {
    const rows = await engine.select(
      sql`SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE active AND database = currentDatabase()`,
    );
    return rows.single('n');
  }

  async function look(): Promise<void> {
    const now = clock.now() / 1000;
    let left: Partition[] = [];
    for (const partition of await partitions()) {
      if (state.stopping) return;
      if (isPast(partition, now) && !isHeld(partition)) await drop(partition);
      else left.push(partition);
    }
    await dropMessages(now);
    while (!state.stopping && (await used()) > config.bytes) {
      const oldest = left.find((partition) => !isHeld(partition));
      if (oldest === undefined) return log.error('the store is full, and nothing of it can be removed', {});
      await drop(oldest);
      early.add();
      const { level, value } = oldest;
      log.warn('removed rows before their time, for want of space', { level, partition: value });
      left = left.filter((partition) => partition !== oldest);
    }
    return undefined;
  }

  function plan(): void {
    cancel = clock.after(
      everyMillis,
      () => {
        void run().then(plan);
      },
      true,
    );
  }

  function run(): Promise<void> {
    running ??= look()
      .catch((error: unknown) => {
        if (!state.stopping) log.error('retention failed, it is tried again', {}, error);
      })
      .finally(() => (running = undefined));
    return running;
  }

  return {
    name: 'retention',
    start: plan,
    stop() {
      state.stopping = true;
      cancel?.();
    },
    run,
  };
}
