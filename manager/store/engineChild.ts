import type * as Chdb from 'chdb';
import type { EngineSetup, FromEngine, ToEngine } from './engineMessages.ts';

interface Statement {
  id: number;
  text: string;
}

/**
 * The process of the engine: chDB with a pool of sessions, told what to do by the manager through its channel. It ends
 * with the manager: when the channel closes, at once, since the engine's data survives that at any moment.
 */
class EngineProcess {
  readonly #idle: Chdb.Session[] = [];
  readonly #writes: Statement[] = [];
  readonly #reads: Statement[] = [];
  #sessions = 0;
  #stopping = false;

  take(message: ToEngine): void {
    if (message.type === 'setup') return void this.#start(message.setup);
    if (message.type === 'run') (message.write ? this.#writes : this.#reads).push(message);
    else this.#stopping = true;
    return this.#next();
  }

  async #start(setup: EngineSetup): Promise<void> {
    let chdb: typeof Chdb;
    try {
      chdb = await import('chdb');
    } catch (error) {
      return tell({ type: 'fatal', message: messageOf(error), again: false });
    }
    try {
      const sessions: Chdb.Session[] = [];
      for (let i = 0; i < setup.sessions; i++) {
        const session = new chdb.Session(setup.data, { connectionArgs: [`--config-file=${setup.configFile}`] });
        await session.queryAsync('CREATE DATABASE IF NOT EXISTS picket');
        await session.queryAsync('USE picket');
        for (const setting of setup.settings) await session.queryAsync(`SET ${setting}`);
        if (i === 0) for (const statement of setup.statements) await session.queryAsync(statement);
        sessions.push(session);
      }
      const version = await sessions[0]?.queryAsync('SELECT version()', { format: 'TSV' });
      this.#idle.push(...sessions);
      this.#sessions = sessions.length;
      tell({ type: 'ready', version: version?.text().trim() ?? '' });
      return this.#next();
    } catch (error) {
      // Another process may still hold the directory for a moment: one that a killed manager left.
      return tell({ type: 'fatal', message: messageOf(error), again: true });
    }
  }

  /** Starts what can run. Reading leaves one session to what is loaded. */
  #next(): void {
    while (this.#idle.length > 0) {
      const spare = this.#sessions === 1 || this.#idle.length > 1;
      const statement = this.#writes.shift() ?? (spare ? this.#reads.shift() : undefined);
      const session = statement === undefined ? undefined : this.#idle.pop();
      if (statement === undefined || session === undefined) break;
      void this.#run(session, statement);
    }
    if (this.#stopping && this.#idle.length === this.#sessions) this.#end();
  }

  async #run(session: Chdb.Session, { id, text }: Statement): Promise<void> {
    try {
      const result = await session.queryAsync(text, { format: 'Native' });
      tell({ type: 'answer', id, bytes: result.bytes() });
    } catch (error) {
      const code = error instanceof Error && 'clickhouseCode' in error ? Number(error.clickhouseCode) : 0;
      tell({ type: 'error', id, message: messageOf(error), code });
    }
    this.#idle.push(session);
    this.#next();
  }

  /** Closes the engine in an orderly way; then the channel, which ends the process. */
  #end(): void {
    for (const session of this.#idle.splice(0)) session.close();
    this.#sessions = -1;
    process.disconnect();
  }
}

function tell(message: FromEngine): void {
  // When the channel is closed nobody listens any more, and 'disconnect' is about to end this process.
  if (process.connected) process.send?.(message);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message}: ${error.cause.message}`
    : error.message;
}

function serve(): void {
  const engine = new EngineProcess();
  process.on('message', (message: ToEngine) => engine.take(message));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // A terminal's signals go to the whole group: the manager stops us when it has stored what is left.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
}

serve();
