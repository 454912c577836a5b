import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Daemon = 'sensor' | 'manager';

/** The folder that the sources lie in: the checkout. */
export function checkoutRoot(): string {
  return fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
}

/** Where a daemon keeps its state: `/var/lib/picket/NAME` as root, the XDG place as a plain user. */
export function defaultStateDir(daemon: Daemon, environment: NodeJS.ProcessEnv = process.env): string {
  if (process.getuid?.() === 0) return `/var/lib/picket/${daemon}`;
  return join(environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'picket', daemon);
}

/** A daemon's configuration file when none is named. */
export function defaultConfigFile(daemon: Daemon, environment: NodeJS.ProcessEnv = process.env): string {
  if (process.getuid?.() === 0) return `/etc/picket/${daemon}.yaml`;
  return join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'picket', `${daemon}.yaml`);
}

/** Where an installed manager puts its socket, for its own user. */
export function defaultSocket(environment: NodeJS.ProcessEnv = process.env): string {
  return process.getuid?.() === 0 ? '/run/picket/manager.sock' : xdgSocket(environment);
}

/** The socket of a manager that a plain user runs. */
export function xdgSocket(environment: NodeJS.ProcessEnv = process.env): string {
  const runtime = environment['XDG_RUNTIME_DIR'];
  return runtime
    ? join(runtime, 'picket', 'manager.sock')
    : join(defaultStateDirOfUser(environment), 'run', 'manager.sock');
}

function defaultStateDirOfUser(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'picket', 'manager');
}

/** The places where a manager's socket is looked for, in this order. */
export function socketPlaces(environment: NodeJS.ProcessEnv = process.env): string[] {
  return [join(checkoutRoot(), '.picket', 'run', 'manager.sock'), xdgSocket(environment), '/run/picket/manager.sock'];
}

/** Longest path of a Unix socket that Linux takes (`sun_path` is 108 bytes with its zero). */
export const maxSocketPath = 107;
