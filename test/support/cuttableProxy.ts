import { chmodSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import type { Server, Socket } from 'node:net';

/**
 * A Unix socket in front of a manager's, for cutting the link. A cut takes two forms at once: connections that are there
 * go on without a byte passing (as when a router drops everything), and new ones are refused.
 */
export class CuttableProxy {
  readonly path: string;
  readonly #target: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut = false;

  private constructor(path: string, target: string) {
    this.path = path;
    this.#target = target;
    this.#server = createServer((socket) => this.#join(socket));
  }

  static async start(path: string, target: string): Promise<CuttableProxy> {
    const it = new CuttableProxy(path, target);
    await new Promise<void>((resolve, reject) => {
      it.#server.once('error', reject);
      it.#server.listen(path, resolve);
    });
    // The sensor may be another user by now.
    chmodSync(path, 0o666);
    return it;
  }

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What hung is gone for good; new connections pass. */
  mend(): void {
    this.#cut = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.path, { force: true });
  }

  #join(near: Socket): void {
    if (this.#cut) {
      near.destroy();
      return;
    }
    const far = connect({ path: this.#target });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data: Buffer) => {
        if (!this.#cut) to.write(data);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
