import { chmod, mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { isLoopback } from '../../proto/managerUrl.ts';
import { AppError } from '../../runtime/error.ts';
import { maxSocketPath } from '../../runtime/paths.ts';

/** Ports that are tried when the configured one is taken. */
const portTries = 100;

/** Reads ADDRESS:PORT. Refuses every address but loopback ones, with the reason. */
export function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new AppError('listen.address', `listenPeople: ${text}: not ADDRESS:PORT`);
  }
  if (!isLoopback(host)) {
    throw new AppError(
      'listen.refused',
      `listenPeople: ${text}: refused: there are no logins and no encryption yet, so only a loopback address (127.0.0.1, ::1) may listen`,
    );
  }
  return { host, port };
}

/** Listens on a loopback port; a taken one gives way to the next free one (0 = any). Answers with the port. */
export async function listenTcp(server: Server, host: string, port: number): Promise<number> {
  for (let at = port; ; at++) {
    try {
      await listen(server, { host, port: at });
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : at;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || at >= Math.min(65_535, port + portTries)) {
        throw new AppError('listen.failed', `cannot listen on ${host} port ${at}`, { cause: error });
      }
    }
  }
}

/** Throws `listen.path` for a path that does not fit into the kernel's address. */
export function checkSocketPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length > maxSocketPath) {
    throw new AppError(
      'listen.path',
      `the socket's path has ${length} bytes, a Unix socket takes ${maxSocketPath}: set "socket" to a shorter one`,
      {
        context: { path },
      },
    );
  }
}

/**
 * Listens on a Unix socket with mode 0660. A socket that nobody answers on is left over from a crash and replaced; one
 * that somebody answers on is an error, and so is a path that does not fit into the kernel's address.
 */
export async function listenUnix(server: Server, path: string): Promise<void> {
  checkSocketPath(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  if (await answers(path))
    throw new AppError('listen.taken', 'another manager answers on this socket', { context: { path } });
  await rm(path, { force: true });
  // The socket is made inside listen(), so nobody else can connect before the mode is set.
  const mask = process.umask(0o117);
  let listening: Promise<void>;
  try {
    listening = listen(server, { path });
  } finally {
    process.umask(mask);
  }
  await listening;
  await chmod(path, 0o660);
}

function listen(server: Server, where: { host: string; port: number } | { path: string }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(where, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}

function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path });
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
