import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '../../runtime/atomicFile.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AppError } from '../../runtime/error.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Engine, StatementLimits } from './engine.ts';
import { engineConfigFile, sessionSettings } from './engineConfig.ts';
import type { EngineConfig } from './engineConfig.ts';
import { EngineCalls } from './engineCalls.ts';
import type { FromEngine, ToEngine } from './engineMessages.ts';
import { LateTables } from './lateTables.ts';
import { decodeBlocks } from './nativeBlock.ts';
import { writeNativeFile } from './nativeFile.ts';
import { createStatement } from './schema.ts';
import type { Table } from './schema.ts';
import type { Sql } from './sql.ts';
import { firstTables } from './tables.ts';

/** Times that a question is asked again when the engine dies under it. */
const repeats = 2;
/** Milliseconds from a start that failed to the next one, doubled for each further failure in a row. */
const firstWait = 200;
const longestWait = 10_000;
/** Milliseconds for what has no limit of its own; then the engine is killed, so that it can't come later. */
const writeMillis = 600_000;
/** Milliseconds that an engine has beyond a statement's limit before it counts as hung. */
const graceMillis = 20_000;

interface Deps {
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** The engine can't ever start here: the manager has to end. */
  fail: (error: unknown) => void;
  /** The engine's process, where it is another than ours. */
  script?: string;
}

/**
 * chDB (ClickHouse's engine as a library) in a process of its own: its memory is bounded, it can be killed, and its faults
 * are not the manager's. Started beside everything else; statements wait for it.
 */
export function createChdbEngine(config: EngineConfig, deps: Deps): Engine {
  const { clock } = deps;
  const log = deps.log.named('engine');
  const inserts = join(config.directory, 'inserts');
  const restarts = deps.metrics.counter(
    'engine_restarts',
    'starts',
    'Times the engine was started again after its end.',
  );
  const calls = new EngineCalls(deps.metrics);
  let child: ChildProcess | undefined;
  let up = Promise.withResolvers<void>();
  let stopping = false;
  let failedStarts = 0;
  let started = 0;
  let cancelStart: (() => void) | undefined;
  let errors = '';
  let fileNumber = 0;
  up.promise.catch(() => undefined);

  function launch(): void {
    cancelStart = undefined;
    started = clock.elapsed();
    errors = '';
    const next = fork(deps.script ?? fileURLToPath(new URL('engineChild.ts', import.meta.url)), [], {
      // Files to insert are named by this directory, whose own name may hold characters that mean something in a pattern.
      cwd: inserts,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        TZ: 'UTC',
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        UV_THREADPOOL_SIZE: String(config.sessions + 4),
      },
    });
    child = next;
    next.stderr?.on('data', (data: Buffer) => (errors = (errors + data.toString('utf8')).slice(-2000)));
    next.on('message', (message: FromEngine) => receive(next, message));
    next.on('error', (error) => log.error('the engine cannot be reached', {}, error));
    next.on('exit', (code, signal) => gone(next, signal ?? `status ${code ?? 0}`));
    say({
      type: 'setup',
      setup: {
        data: join(config.directory, 'data'),
        configFile: join(config.directory, 'engine.xml'),
        sessions: config.sessions,
        statements: firstTables().map((table) => createStatement(table, 'modern').text),
        settings: sessionSettings(config),
      },
    });
  }

  function say(message: ToEngine): void {
    // A channel that just closed is told of by 'exit', which fails what was asked.
    child?.send(message, (error) => {
      if (error !== null) log.debug('the engine does not listen', {}, error);
    });
  }

  function receive(from: ChildProcess, message: FromEngine): void {
    if (from !== child) return;
    if (message.type === 'ready') {
      log.info('engine ready', { version: message.version, millis: Math.round(clock.elapsed() - started) });
      failedStarts = 0;
      up.resolve();
    } else if (message.type === 'fatal') {
      if (!message.again) failForGood(message.message);
      else log.warn('the engine does not start', { reason: message.message });
      from.kill('SIGKILL');
    } else calls.settle(message);
  }

  function failForGood(reason: string): void {
    stopping = true;
    const error = new AppError(
      'engine.missing',
      "the store's engine (the package chdb) does not load; run 'npm ci' on Linux with glibc, x86-64 or arm64",
      { context: { reason } },
    );
    up.reject(error);
    calls.failAll(error);
    deps.fail(error);
  }

  function gone(which: ChildProcess, how: string): void {
    if (which !== child) return;
    child = undefined;
    const died = new AppError('engine.died', "the store's engine ended", { context: { how } });
    if (stopping) {
      up.reject(died);
      return calls.failAll(died);
    }
    // Nobody is told of a start that failed before the next one succeeds: statements wait.
    up = renew(up);
    restarts.add();
    const wait = failedStarts === 0 ? 0 : Math.min(longestWait, firstWait * 2 ** (failedStarts - 1));
    failedStarts += 1;
    log.error('the engine ended, it is started again', { how, waitMillis: wait, said: errors.trim().slice(-300) });
    calls.failAll(died);
    cancelStart = clock.after(wait, launch);
    return undefined;
  }

  async function run(text: string, write: boolean, millis: number): Promise<Uint8Array> {
    await up.promise;
    if (child === undefined || stopping) throw new AppError('engine.closed', "the store's engine is not running");
    const hung = child;
    const { id, answer } = calls.open();
    const cancel = clock.after(
      millis + graceMillis,
      () => {
        log.error('the engine hangs and is killed', { millis });
        hung.kill('SIGKILL');
      },
      true,
    );
    say({ type: 'run', id, text, write });
    return answer.finally(cancel);
  }

  async function answer(statement: Sql, limits: StatementLimits = {}): Promise<Uint8Array> {
    const millis = limits.millis ?? config.queryMillis;
    const bytes = limits.bytes ?? config.queryBytes;
    const text = `${statement.text} SETTINGS max_execution_time = ${millis / 1000}, max_memory_usage = ${bytes}`;
    for (let again = repeats; ; again--) {
      try {
        return await run(text, false, millis);
      } catch (error) {
        if (again === 0 || !(error instanceof AppError && error.code === 'engine.died') || stopping) throw error;
      }
    }
  }

  const late = new LateTables((statement) => run(statement, true, writeMillis), 'modern');

  async function insertFile(table: Table, path: string): Promise<void> {
    await late.make(table);
    const file = path.slice(inserts.length + 1);
    if (path !== join(inserts, file) || !isFileName(file)) throw new TypeError(`not a path for inserting: ${path}`);
    const names = table.columns.map(([column]) => column).join(', ');
    const structure = table.columns.map(([column, type]) => `${column} ${type}`).join(', ');
    const settings =
      'max_threads = 1, max_insert_threads = 1, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0';
    await run(
      `INSERT INTO ${table.name} (${names}) SELECT ${names} FROM file('/proc/self/cwd/${file}', 'Native', '${structure}') SETTINGS ${settings}`,
      true,
      writeMillis,
    );
  }

  const insertPath = (fileName: string): string => {
    if (!isFileName(fileName)) throw new TypeError(`unfit for a file name: ${fileName}`);
    return join(inserts, fileName);
  };

  return {
    name: 'engine',
    profile: 'modern',
    async start() {
      await mkdir(inserts, { recursive: true, mode: 0o750 });
      for (const left of await readdir(inserts)) await rm(join(inserts, left), { force: true });
      await writeFileAtomic(join(config.directory, 'engine.xml'), engineConfigFile(config));
      launch();
    },
    async stop(deadline) {
      stopping = true;
      cancelStart?.();
      const running = child;
      if (running === undefined) return;
      const ended = new Promise<void>((resolve) => void running.once('exit', () => resolve()));
      say({ type: 'stop' });
      const cancel = clock.after(Math.max(0, deadline - clock.elapsed() - 500), () => running.kill('SIGKILL'));
      await ended;
      cancel();
    },
    ready: () => up.promise,
    async exec(statement, limits = {}) {
      await run(statement.text, true, limits.millis ?? writeMillis);
    },
    answer,
    select: async (statement, limits) => decodeBlocks(await answer(statement, limits)),
    make: (table) => late.make(table),
    insertFile,
    insertPath,
    async insert(table, values) {
      const path = insertPath(`rows-${(fileNumber += 1)}.native`);
      await writeNativeFile(path, table, values);
      try {
        await insertFile(table, path);
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}

/** A promise to wait for the next start; who waits for the old one goes on waiting. */
function renew(old: PromiseWithResolvers<void>): PromiseWithResolvers<void> {
  const next = Promise.withResolvers<void>();
  next.promise.catch(() => undefined);
  old.resolve(next.promise);
  return next;
}

function isFileName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text);
}
