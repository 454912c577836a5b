import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../runtime/clock.ts';
import { AppError } from '../../runtime/error.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Engine, StatementLimits } from './engine.ts';
import { engineError } from './engineCalls.ts';
import { LateTables } from './lateTables.ts';
import { decodeBlocks } from './nativeBlock.ts';
import { writeNativeFile } from './nativeFile.ts';
import { createStatement } from './schema.ts';
import type { Profile, Table } from './schema.ts';
import { sql } from './sql.ts';
import type { Sql } from './sql.ts';
import { firstTables } from './tables.ts';

/** Longest answer that is taken. */
const maxAnswer = 512 << 20;
/** Milliseconds between two looks for a server that is away, or for an insert that still runs. */
const againMillis = 500;

export interface ServerConfig {
  /** Where it listens, as `http://127.0.0.1:8123`. */
  url: string;
  database: string;
  profile: Profile;
  /** Directory for the files that are inserted. */
  directory: string;
  queryMillis: number;
  queryBytes: number;
}

/**
 * A ClickHouse server over HTTP: the same statements and the same bytes as of the embedded engine. Of the `base` profile,
 * it may be as old as 18.16.
 */
export function createServerEngine(config: ServerConfig, deps: { clock: Clock; log: Logger }): Engine {
  const { clock } = deps;
  const log = deps.log.named('engine');
  const up = Promise.withResolvers<void>();
  const state = { stopping: false };
  let number = 0;
  up.promise.catch(() => undefined);

  /** Sends a statement, as the body or, with data, in the address. The answer's bytes. */
  async function post(
    text: string,
    options: {
      millis: number;
      settings?: Readonly<Record<string, string | number>>;
      data?: Readable;
      database?: string;
    },
  ): Promise<Uint8Array> {
    const address = new URL(config.url);
    const { settings = {}, data, database = config.database } = options;
    address.searchParams.set('database', database);
    for (const [name, value] of Object.entries(settings)) address.searchParams.set(name, String(value));
    if (data !== undefined) address.searchParams.set('query', text);
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const call = request(address, { method: 'POST', timeout: options.millis }, (response) => {
      const pieces: Buffer[] = [];
      let length = 0;
      response.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > maxAnswer) response.destroy(new AppError('engine.memory', 'an answer of the server is too long'));
        else pieces.push(piece);
      });
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(pieces, length);
        if (response.statusCode === 200) resolve(bytes);
        else reject(serverError(bytes.toString('utf8')));
      });
    });
    call.on('timeout', () => call.destroy(new AppError('engine.slow', 'the server does not answer')));
    call.on('error', reject);
    if (data === undefined) call.end(text);
    else pipeline(data, call).catch(reject);
    return promise;
  }

  async function pause(millis: number): Promise<void> {
    await new Promise<void>((resolve) => void clock.after(millis, resolve));
  }

  async function setUp(): Promise<void> {
    for (let told = false; !state.stopping;) {
      try {
        const millis = config.queryMillis;
        await post(`CREATE DATABASE IF NOT EXISTS ${config.database}`, { millis, database: 'system' });
        for (const table of firstTables()) await post(createStatement(table, config.profile).text, { millis });
        return up.resolve();
      } catch (error) {
        if (!told)
          log.error('the server of the store cannot be used yet, it is tried again', { url: config.url }, error);
        told = true;
        await pause(againMillis);
      }
    }
    return up.reject(new AppError('engine.closed', "the store's engine is not running"));
  }

  /** Waits until a statement that nobody listens to any more is over: its rows could still come. */
  async function over(id: string): Promise<void> {
    const running = sql`SELECT count() AS n FROM system.processes WHERE query_id = ${id}`;
    while (!state.stopping) {
      try {
        const rows = decodeBlocks(await post(`${running.text} FORMAT Native`, { millis: config.queryMillis }));
        if (rows.single('n') === 0) return;
      } catch (error) {
        log.debug('the server does not tell what it does', {}, error);
      }
      await pause(againMillis);
    }
  }

  const exec = async (text: string, millis = 600_000): Promise<void> => {
    await up.promise;
    await post(text, { millis });
  };
  const late = new LateTables(exec, config.profile);

  async function insertFile(table: Table, path: string): Promise<void> {
    await late.make(table);
    await up.promise;
    const id = `picket-${process.pid}-${clock.now()}-${(number += 1)}`;
    const names = table.columns.map(([column]) => column).join(', ');
    const settings = {
      query_id: id,
      ...(config.profile === 'modern' ? { async_insert: 0, insert_deduplicate: 0 } : {}),
    };
    try {
      const statement = `INSERT INTO ${table.name} (${names}) FORMAT Native`;
      await post(statement, { millis: 600_000, settings, data: createReadStream(path) });
    } catch (error) {
      await over(id);
      throw error;
    }
  }

  async function answer(statement: Sql, limits: StatementLimits = {}): Promise<Uint8Array> {
    await up.promise;
    const millis = limits.millis ?? config.queryMillis;
    const settings = {
      max_execution_time: Math.ceil(millis / 1000),
      max_memory_usage: limits.bytes ?? config.queryBytes,
      max_query_size: 16 << 20,
      max_ast_elements: 1_000_000,
      max_expanded_ast_elements: 1_000_000,
    };
    return post(`${statement.text} FORMAT Native`, { millis: millis + 5000, settings });
  }

  const insertPath = (fileName: string): string => join(config.directory, fileName);

  return {
    name: 'engine',
    profile: config.profile,
    async start() {
      await mkdir(config.directory, { recursive: true, mode: 0o750 });
      for (const left of await readdir(config.directory)) await rm(join(config.directory, left), { force: true });
      void setUp();
    },
    stop() {
      state.stopping = true;
      up.reject(new AppError('engine.closed', "the store's engine is not running"));
    },
    ready: () => up.promise,
    exec: (statement, limits = {}) => exec(statement.text, limits.millis),
    make: (table) => late.make(table),
    select: async (statement, limits = {}) => decodeBlocks(await answer(statement, limits)),
    answer,
    insertFile,
    insertPath,
    async insert(table, values) {
      const path = insertPath(`rows-${(number += 1)}.native`);
      await writeNativeFile(path, table, values);
      try {
        await insertFile(table, path);
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}

/** A server's refusal: `Code: 62, e.displayText() = DB::Exception: ...` of old ones, `Code: 62. DB::Exception: ...` of others. */
function serverError(text: string): AppError {
  const match = /^Code: (\d+)[.,] (?:e\.displayText\(\) = )?(?:DB::Exception: )?/.exec(text);
  return engineError(text.slice(match?.[0].length ?? 0), Number(match?.[1] ?? 0));
}
