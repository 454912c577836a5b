import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Engine } from './engine.ts';
import { logTables } from './logTables.ts';
import { joinSql, name, sql } from './sql.ts';

/** Milliseconds between two looks. */
const everyMillis = 600_000;
const hourSeconds = 3600;

export interface LogRetentionConfig {
  /** Seconds that rows are kept after they came. */
  seconds: number;
  /** Space of all tables of logs. */
  bytes: number;
}

export interface LogRetention extends Stage {
  run(): Promise<void>;
}

/** Removes rows of logs by whole hours of arrival: what is past its time, and the oldest beyond the space. */
export function createLogRetention(
  config: LogRetentionConfig,
  deps: { engine: Engine; clock: Clock; log: Logger; metrics: Metrics },
): LogRetention {
  const { engine, clock } = deps;
  const log = deps.log.named('logs');
  const ofLogs = logTables().map((table) => sql`table = ${table.name}`);
  const dropped = deps.metrics.counter('store_dropped_log_hours', 'hours', 'Hours of rows of logs that were removed.');
  const early = deps.metrics.counter(
    'store_early_log_hours',
    'hours',
    'Hours of rows of logs that were removed before their time, for want of space.',
  );
  let cancel: (() => void) | undefined;
  let running: Promise<void> | undefined;
  const state = { stopping: false };

  /** Hours of arrival that there are rows of, the oldest first, with the tables that they are in. */
  async function hours(): Promise<Map<number, string[]>> {
    const rows = await engine.select(
      sql`SELECT DISTINCT table, partition FROM system.parts WHERE active AND database = currentDatabase() AND (${joinSql(ofLogs, ' OR ')})`,
    );
    const found: { hour: number; table: string }[] = [];
    for (let i = 0; i < rows.count; i++) {
      const text = (column: string): string => Buffer.from(rows.bytes(column)[i] ?? []).toString('latin1');
      found.push({ hour: Number(text('partition')), table: text('table') });
    }
    found.sort((a, b) => a.hour - b.hour);
    const byHour = new Map<number, string[]>();
    for (const { hour, table } of found) byHour.set(hour, [...(byHour.get(hour) ?? []), table]);
    return byHour;
  }

  async function drop(hour: number, from: readonly string[]): Promise<void> {
    for (const table of from) await engine.exec(sql`ALTER TABLE ${name(table)} DROP PARTITION ${hour}`);
    dropped.add();
  }

  async function used(): Promise<number> {
    const rows = await engine.select(
      sql`SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE active AND database = currentDatabase() AND (${joinSql(ofLogs, ' OR ')})`,
    );
    return rows.single('n');
  }

  async function look(): Promise<void> {
    const now = clock.now() / 1000;
    const left: (readonly [hour: number, tables: readonly string[]])[] = [];
    for (const [hour, from] of await hours()) {
      if (state.stopping) return;
      if ((hour + 1) * hourSeconds + config.seconds <= now) await drop(hour, from);
      else left.push([hour, from]);
    }
    // The newest hour stays: segments of it are being loaded.
    while (!state.stopping && left.length > 1 && (await used()) > config.bytes) {
      const [hour = 0, from = []] = left.shift() ?? [];
      await drop(hour, from);
      early.add();
      log.warn('removed rows of logs before their time, for want of space', { hour });
    }
  }

  function plan(): void {
    cancel = clock.after(everyMillis, () => void run().then(plan), true);
  }

  function run(): Promise<void> {
    running ??= look()
      .catch((error: unknown) => {
        if (!state.stopping) log.error('retention of logs failed, it is tried again', {}, error);
      })
      .finally(() => (running = undefined));
    return running;
  }

  return {
    name: 'log retention',
    start: plan,
    stop() {
      state.stopping = true;
      cancel?.();
    },
    run,
  };
}
