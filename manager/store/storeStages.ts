import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { createChdbEngine } from './chdbEngine.ts';
import { createDnsCounts } from './dnsCounts.ts';
import { createDnsRetention } from './dnsRetention.ts';
import type { DnsRetention } from './dnsRetention.ts';
import type { DnsStore } from './dnsStore.ts';
import type { Engine } from './engine.ts';
import { createJournal } from './journal.ts';
import type { Journal, JournalConfig } from './journal.ts';
import { createLevels } from './levels.ts';
import type { Levels } from './levels.ts';
import { createLoader } from './loader.ts';
import type { Loader } from './loader.ts';
import { createLogRetention } from './logRetention.ts';
import { createLogStore } from './logRows.ts';
import type { LogStore } from './logStore.ts';
import { createPassiveDns } from './passiveDns.ts';
import { createRetention } from './retention.ts';
import type { Retention } from './retention.ts';
import { createStore } from './store.ts';
import type { SummaryStore } from './summaryStore.ts';
import { createTapTable } from './tapTable.ts';
import type { TapTable } from './tapTable.ts';

export interface StoreConfig {
  stateDir: string;
  journal: Omit<JournalConfig, 'directory'>;
  store: {
    bytes: number;
    logBytes: number;
    memoryBytes: number;
    queryBytes: number;
    queryMillis: number;
    sessions: number;
  };
  retention: {
    window: number;
    minute: number;
    tenMinutes: number;
    hour: number;
    logs: number;
    dns: number;
    passiveDns: number;
  };
}

export interface StoreParts {
  store: SummaryStore;
  logs: LogStore;
  /** In the order in which they start. */
  stages: Stage[];
  engine: Engine;
  journal: Journal;
  loader: Loader;
  retention: Retention;
  taps: TapTable;
  levels: Levels;
  /** What sensors told of DNS. */
  dns: DnsStore;
  dnsRetention: DnsRetention;
}

/** Builds the bulk door and what stands behind it. Inert before its stages start. */
export function createStoreStages(
  { stateDir, journal: journalConfig, store: sizes, retention: kept }: StoreConfig,
  deps: {
    clock: Clock;
    log: Logger;
    metrics: Metrics;
    fail: (error: unknown) => void;
    /** Another engine than the embedded one. */
    engine?: Engine;
  },
): StoreParts {
  const { bytes, logBytes, ...limits } = sizes;
  const taps = createTapTable(stateDir);
  const engine = deps.engine ?? createChdbEngine({ directory: join(stateDir, 'engine'), ...limits }, deps);
  const loaded = createLevels(stateDir, { engine, clock: deps.clock });
  const journal = createJournal(
    { directory: join(stateDir, 'journal'), ...journalConfig },
    { ...deps, loadedTo: () => loaded.loadedUpTo() },
  );
  const loader = createLoader({ ...deps, journal, engine, taps, sink: loaded });
  const seconds = { raw: kept.window, '1m': kept.minute, '10m': kept.tenMinutes, '1h': kept.hour, '1d': undefined };
  const retention = createRetention(
    { seconds, messageSeconds: kept.tenMinutes, bytes },
    { ...deps, engine, taps, sink: loaded },
  );
  const logs = createLogStore({ journal, engine });
  const logRetention = createLogRetention({ seconds: kept.logs, bytes: logBytes }, { ...deps, engine });
  const store = createStore({ journal, taps, loaded, retention, logs });
  deps.metrics.computed('store_rows_read', 'rows', 'Rows that were read for answers.', () => store.rowsRead());
  const dnsRetention = createDnsRetention(
    { countSeconds: kept.dns, historySeconds: kept.passiveDns },
    { ...deps, engine },
  );
  const stages = [taps, engine, loaded, journal, loader, retention, logRetention, dnsRetention];
  const dns = { ...createPassiveDns({ journal, engine }), ...createDnsCounts({ journal, engine }) };
  return { store, logs, dns, dnsRetention, stages, engine, journal, loader, retention, taps, levels: loaded };
}
