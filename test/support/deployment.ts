import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Answer } from '../../proto/api.ts';

const picket = fileURLToPath(new URL('../../cli/picket', import.meta.url));

/** How long a daemon may take to start. */
const START_SECONDS = 120;

/** A process of ours and what it said. */
export class Daemon {
  readonly child: ChildProcess;
  out = '';
  errors = '';
  readonly #closed: Promise<unknown>;

  constructor(command: readonly string[], env: Record<string, string> = {}) {
    this.child = spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.child.stdout!.on('data', (data: Buffer) => (this.out += data.toString()));
    this.child.stderr!.on('data', (data: Buffer) => (this.errors += data.toString()));
    this.#closed = once(this.child, 'close');
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Waits until it has said something, on either stream. */
  async said(words: string | RegExp, seconds = 30): Promise<void> {
    await eventually(
      () => {
        if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}: ${this.errors}`);
        return `${this.out}\n${this.errors}`.search(words) >= 0;
      },
      `${String(words)} in: ${this.errors}`,
      seconds,
    );
  }

  /** Waits for its end; gives the exit status, null when a signal ended it. */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.child.exitCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.ended();
  }
}

/** Looks again and again until it is so. */
export async function eventually(holds: () => boolean, what: string, seconds = 30): Promise<void> {
  for (const end = performance.now() + seconds * 1000; !holds(); await setTimeout(50)) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}

/** A manager with its state in a directory of its own, and the sensors that report to it. */
export class Deployment {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'picket-test-'));
  readonly #daemons: Daemon[] = [];
  readonly #namespace: string | undefined;
  #port = 0;
  manager!: Daemon;
  /** Where sensors are told to find the manager, when something stands in between. */
  via: string | undefined;

  private constructor(namespace: string | undefined) {
    this.#namespace = namespace;
    // The sensor gives up root, and must still reach its state.
    execFileSync('chmod', ['755', this.directory]);
  }

  get socket(): string {
    return join(this.directory, 'm', 'run', 'manager.sock');
  }

  /** Where people find the console. */
  get people(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Where sensors find the manager: by its Unix socket, or on the loopback interface of its namespace. */
  get address(): string {
    if (this.via !== undefined) return this.via;
    return this.#namespace === undefined ? `unix:${this.socket}` : `http://127.0.0.1:${this.#port}`;
  }

  /** With a namespace the manager runs in it, and sensors reach it there by TCP. */
  static async start(namespace?: string): Promise<Deployment> {
    const it = new Deployment(namespace);
    await it.startManager();
    return it;
  }

  /** Starts the manager (again, at its old port). */
  async startManager(): Promise<void> {
    const command = [picket, 'manager', '--state', join(this.directory, 'm')];
    const where = this.#namespace === undefined ? [] : ['ip', 'netns', 'exec', this.#namespace];
    this.manager = new Daemon([...where, ...command, '--listen-people', `127.0.0.1:${this.#port}`]);
    this.#daemons.push(this.manager);
    // On a machine with other work the engine takes its time.
    await this.manager.said('"ready":true', START_SECONDS);
    this.#port = Number(/"people":"http:[^"]*:(\d+)"/.exec(this.manager.out)?.[1]);
  }

  /** A sensor on interfaces of a namespace. Keys of its configuration are given by their variables. */
  async startSensor(
    namespace: string,
    interfaces: readonly string[],
    env: Record<string, string> = {},
    name = 'a',
  ): Promise<Daemon> {
    const sensor = this.sensor(namespace, interfaces, env, name);
    await sensor.said(/capturing on/, START_SECONDS);
    return sensor;
  }

  /** The same, without waiting for it. `prefix` is a command that starts it; `name` is NAME or SITE/NAME. */
  sensor(
    namespace: string,
    interfaces: readonly string[],
    env: Record<string, string> = {},
    name = 'a',
    prefix: readonly string[] = [],
  ): Daemon {
    const state = join(this.directory, name);
    mkdirSync(state, { recursive: true });
    const [site = 'test', own = ''] = name.includes('/') ? name.split('/') : ['test', name];
    const flags = interfaces.flatMap((one) => ['--interface', one]);
    const identity = ['--site', site, '--name', own, '--state', state, '--manager', this.address];
    const sensor = new Daemon(['ip', 'netns', 'exec', namespace, ...prefix, picket, 'sensor', ...flags, ...identity], {
      PICKET_WINDOW_SECONDS: '1',
      PICKET_RING_BYTES: '32MiB',
      PICKET_BLOCK_TIMEOUT_MILLIS: '50',
      PICKET_DNS_DIGEST_BYTES: '4MiB',
      ...env,
    });
    this.#daemons.push(sensor);
    return sensor;
  }

  /** What the command answers to `picket distinct WHAT --json`. */
  distinct(what: string, from: number, to: number): Answer<'distinct'> {
    const range = ['--from', String(from), '--to', String(to)];
    const command = ['distinct', what, '--json', '--manager', `unix:${this.socket}`, ...range];
    try {
      return JSON.parse(
        execFileSync(picket, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
      ) as Answer<'distinct'>;
    } catch (error) {
      // Exit status 3: an answer, and something missing from it.
      const failed = error as { status?: number; stdout?: string };
      if (failed.status === 3 && failed.stdout !== undefined) return JSON.parse(failed.stdout) as Answer<'distinct'>;
      throw error;
    }
  }

  /** Asks until the packets that were seen are so many (or more), or the time is over; gives the last answer. */
  async seen(packets: number, from: number, to: number, seconds = 30): Promise<Answer<'distinct'>> {
    for (const end = performance.now() + seconds * 1000; ; await setTimeout(200)) {
      const answer = this.distinct('hosts', from, to);
      if (answer.coverage.packets.seen >= packets || performance.now() > end) return answer;
    }
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons.toReversed()) await daemon.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
