import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import { lockDirectory } from '../runtime/directoryLock.ts';
import { createLifecycle } from '../runtime/lifecycle.ts';
import type { Lifecycle, Stage } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/log.ts';
import { defaultSocket, defaultStateDir } from '../runtime/paths.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { ManagerConfig } from './config.ts';
import { createHttpServer } from './http/httpServer.ts';
import { checkSocketPath } from './http/listen.ts';
import { createIngest } from './ingest/ingest.ts';
import { createAnswers } from './query/answers.ts';
import { createMerging } from './query/merging.ts';
import { createRollup } from './rollup/rollup.ts';
import { createStoreStages } from './store/storeStages.ts';
import { createControlStore } from './store/sqliteControlStore.ts';

export { managerConfig } from './config.ts';

/** Milliseconds that a manager takes at most to stop. */
const stopMillis = 8000;

export interface Manager extends Lifecycle {
  /** Where people reach it, as `http://127.0.0.1:8480`; known after `start`. */
  people(): string;
  /** Path of its Unix socket. */
  readonly socket: string;
  readonly metrics: Metrics;
}

/** Builds a manager; the only place where its implementations are chosen. Nothing happens before `start`. */
export function createManager(config: ManagerConfig, deps: { clock: Clock; log: Logger }): Manager {
  const { clock, log } = deps;
  const stateDir = resolve(config.stateDir);
  // The usual state has the usual socket, where the command looks for it; any other state has its own.
  const usual =
    config.stateDir === defaultStateDir('manager') ? defaultSocket() : join(stateDir, 'run', 'manager.sock');
  const socket = resolve(config.socket ?? usual);
  // Before anything is made on the disk.
  checkSocketPath(socket);
  const metrics = new Metrics();
  const control = createControlStore(stateDir);
  // The store's engine and threads die on their own; the life cycle that they then end is made of them.
  let fail = (error: unknown): void => log.error('a stage failed before the start', {}, error);
  const failing = { clock, log, metrics, fail: (error: unknown) => fail(error) };
  const { store, logs, dns, levels, stages: storeStages } = createStoreStages({ ...config, stateDir }, failing);
  const rollup = createRollup({ ...failing, queue: levels.queue });
  const ingest = createIngest({ store, control, clock, log, metrics });
  const merging = createMerging(failing);
  const answers = createAnswers({
    store,
    logs,
    dns,
    control,
    merging,
    clock,
    metrics,
    connected: () => ingest.connected(),
    links: () => ingest.sensors(),
  });
  const http = createHttpServer(
    { listenPeople: config.listenPeople, socket, consoleDir: resolve(config.consoleDir) },
    {
      answers,
      store,
      logs,
      clock,
      log,
      metrics,
      upgrade: (request, duplex, head) => ingest.upgrade(request, duplex, head),
    },
  );
  const stages = [stateLock(stateDir), control, ...storeStages, rollup, merging, ingest, http];
  const lifecycle = createLifecycle(stages, { log, clock, stopMillis });
  fail = (error) => lifecycle.fail(error);
  return { ...lifecycle, people: () => http.address(), socket, metrics };
}

/** Two managers must not write one state directory. */
function stateLock(stateDir: string): Stage {
  let unlock: (() => void) | undefined;
  return {
    name: 'state',
    async start() {
      await mkdir(stateDir, { recursive: true, mode: 0o750 });
      unlock = lockDirectory(stateDir);
    },
    stop: () => unlock?.(),
  };
}
