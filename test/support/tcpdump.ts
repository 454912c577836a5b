import type { ChildProcess } from 'node:child_process';
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
  #stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and waits until it listens. */
  static async start(namespace: string, name: string, file: string, expression: string[] = []): Promise<Tcpdump> {
    const command = ['tcpdump', '-i', name, '-n', '-s', '0', '-B', '65536', '-Z', 'root', '-w', file, ...expression];
    const child = spawnInside(namespace, ...command);
    const it = new Tcpdump(child);
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

  /** Ends it; the file is then complete. */
  async stop(): Promise<TcpdumpCounts> {
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
