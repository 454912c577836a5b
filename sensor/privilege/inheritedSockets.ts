import { AF_PACKET, FD_CLOEXEC, F_SETFD, SOCK_RAW, SOL_SOCKET, SO_DOMAIN, SO_TYPE, loadLinux } from './linux.ts';
import type { Linux } from './linux.ts';

/** The variable that names the sockets' descriptors, separated by commas. */
export const SOCKETS_VARIABLE = 'PICKET_FDS';

const MOST_SOCKETS = 1024;

/** The sockets that the start stage left; none when there was no start stage; or what is wrong with them. */
export type InheritedSockets = { ok: true; sockets: number[] } | { ok: false; why: string };

/**
 * The packet sockets that were opened before the privileges went. Takes the variable out of `env` and marks the sockets
 * close-on-exec again, so that no child of this process gets either.
 */
export function inheritedSockets(env: NodeJS.ProcessEnv, linux?: Linux): InheritedSockets {
  const text = env[SOCKETS_VARIABLE];
  if (text === undefined) return { ok: true, sockets: [] };
  Reflect.deleteProperty(env, SOCKETS_VARIABLE);
  if (!/^\d{1,6}(,\d{1,6})*$/.test(text)) return { ok: false, why: `${SOCKETS_VARIABLE} is not a list of descriptors` };
  const sockets = text.split(',').map(Number);
  if (sockets.length > MOST_SOCKETS || new Set(sockets).size !== sockets.length) {
    return { ok: false, why: `${SOCKETS_VARIABLE} is not a list of different descriptors` };
  }
  const system = linux ?? loadLinux();
  for (const fd of sockets) {
    if (option(system, fd, SO_DOMAIN) !== AF_PACKET || option(system, fd, SO_TYPE) !== SOCK_RAW) {
      return { ok: false, why: `descriptor ${fd} of ${SOCKETS_VARIABLE} is not a packet socket` };
    }
  }
  for (const fd of sockets) system.fcntl(fd, F_SETFD, FD_CLOEXEC);
  return { ok: true, sockets };
}

function option(linux: Linux, fd: number, name: number): number {
  const value = new Int32Array(1);
  return linux.getsockopt(fd, SOL_SOCKET, name, value, Uint32Array.of(4)) === 0 ? value[0]! : -1;
}
