import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { framesOf } from './pcapBytes.ts';
import { spawnInside } from './namespaces.ts';

/** What tcpdump says at its end. */
export interface TcpdumpCounts {
  captured: number;
  received: number;
  dropped: number;
}

/** A tcpdump that writes all packets of an interface to a file: the independent judge of a capture. */
export class Tcpdump {
  readonly #child: ChildProcess;
  readonly #file: string;
  #stderr = '';

  private constructor(child: ChildProcess, file: string) {
    this.#file = file;
    this.#child = child;
  }

  /** Starts it and waits until it listens. */
  static async start(namespace: string, name: string, file: string, expression: string[] = []): Promise<Tcpdump> {
    const command = [
      'tcpdump',
      '-i',
      name,
      '-n',
      '-s',
      '0',
      '-U',
      '-B',
      '65536',
      '-Z',
      'root',
      '-w',
      file,
      ...expression,
    ];
    const child = spawnInside(namespace, ...command);
    const it = new Tcpdump(child, file);
    await new Promise<void>((resolve, reject) => {
      child.stderr!.on('data', (data: Buffer) => {
        it.#stderr += data.toString();
        if (it.#stderr.includes('listening on')) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`tcpdump ended: ${it.#stderr}`)));
    });
    return it;
  }

  /**
   * Ends it when its file has `packets` packets, or after 10 seconds: the kernel hands the last ones to it with a delay,
   * and it forgets those when it is stopped.
   */
  async stop(packets: number): Promise<TcpdumpCounts> {
    for (const end = performance.now() + 10_000; performance.now() < end; await setTimeout(50)) {
      if (framesOf(readFileSync(this.#file)).length >= packets) break;
    }
    const ended = new Promise<void>((resolve) => {
      this.#child.once('close', () => resolve());
    });
    this.#child.kill('SIGINT');
    await ended;
    const count = (words: string): number =>
      Number(new RegExp(`(\\d+) packets? ${words}`).exec(this.#stderr)?.[1] ?? NaN);
    return { captured: count('captured'), received: count('received by filter'), dropped: count('dropped by kernel') };
  }
}
