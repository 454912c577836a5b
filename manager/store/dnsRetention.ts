import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { dnsTables } from './dnsTables.ts';
import type { Engine } from './engine.ts';
import { monthOf } from './schema.ts';
import { name, sql } from './sql.ts';

/** Milliseconds between two looks. */
const everyMillis = 600_000;
const daySeconds = 86_400;

/** Seconds that rows are kept after they came. */
export interface DnsRetentionConfig {
  /** Counts of periods: by whole days. */
  countSeconds: number;
  /** The history of pairs: by whole months. */
  historySeconds: number;
}

export interface DnsRetention extends Stage {
  run(): Promise<void>;
}

/** Removes what is past its time, by whole partitions: days and months of arrival. */
export function createDnsRetention(
  { countSeconds, historySeconds }: DnsRetentionConfig,
  deps: { engine: Engine; clock: Clock; log: Logger; metrics: Metrics },
): DnsRetention {
  const { engine, clock } = deps;
  const log = deps.log.named('dns');
  const dropped = deps.metrics.counter(
    'store_dropped_dns_partitions',
    'partitions',
    'Days and months of rows of DNS that retention removed.',
  );
  let cancel: (() => void) | undefined;
  let running: Promise<void> | undefined;
  const state = { stopping: false };

  async function look(): Promise<void> {
    const now = clock.now() / 1000;
    const days = Math.floor((now - countSeconds) / daySeconds);
    const months = monthOf(now - historySeconds);
    for (const table of dnsTables()) {
      const [partition, before] = table.marked === true ? [sql`month`, months] : [sql`intDiv(arrived, 24)`, days];
      const past = await engine.select(
        sql`SELECT toInt64(${partition}) AS p FROM ${name(table.name)} WHERE ${partition} < ${before} GROUP BY p`,
      );
      for (const value of past.numbers('p')) {
        if (state.stopping) return;
        await engine.exec(sql`ALTER TABLE ${name(table.name)} DROP PARTITION ${value}`);
        dropped.add();
      }
    }
  }

  function plan(): void {
    cancel = clock.after(everyMillis, () => void run().then(plan), true);
  }

  function run(): Promise<void> {
    running ??= look()
      .catch((error: unknown) => {
        if (!state.stopping) log.error('retention of DNS failed, it is tried again', {}, error);
      })
      .finally(() => (running = undefined));
    return running;
  }

  return {
    name: 'dns retention',
    start: plan,
    stop() {
      state.stopping = true;
      cancel?.();
    },
    run,
  };
}
