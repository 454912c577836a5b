import { closeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { dropPrivileges } from './drop.ts';
import type { DropUser } from './drop.ts';
import { SOCKETS_VARIABLE } from './inheritedSockets.ts';
import { F_SETFD, loadLinux } from './linux.ts';
import { openSockets } from './openSockets.ts';
import { unreachable } from './reach.ts';

/** What to start without privileges. */
export interface StartOptions {
  /** Packet sockets to open: one for each interface and capture worker, and a few spares. */
  sockets: number;
  /** What comes after the runtime's name on the command line: options of the runtime, the script, its arguments. */
  command: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** As root: whom to become. What it must be able to read is in `files`, what to write in `directories`. */
  dropUser?: DropUser;
  files?: readonly string[];
  directories?: readonly string[];
}

/** One line that says why it was not started, and the way out. Nothing was changed, except where `gone` says so. */
export interface StartRefused {
  ok: false;
  why: string;
  /** Privileges are partly given up: the process should end. */
  gone: boolean;
}

/**
 * Opens packet sockets, gives up every privilege and becomes the runtime with `command`, in the same process: the sockets
 * go with it, named by `PICKET_FDS`. Comes back only when that was not possible. Call it in the main thread, before
 * anything else is loaded; nothing of the calling program goes on, no 'exit' event is told.
 */
export function startWithoutPrivileges(options: StartOptions): StartRefused {
  const { dropUser } = options;
  if (dropUser !== undefined) {
    if (process.getuid?.() !== 0) return { ok: false, why: 'only root can become another user', gone: false };
    const why = unreachable(dropUser, [process.execPath, ...(options.files ?? [])], options.directories ?? []);
    if (why !== undefined) return { ok: false, why, gone: false };
  }
  const linux = loadLinux();
  const opened = openSockets(options.sockets, linux);
  if (!opened.ok) return { ...opened, gone: false };
  const fault = dropPrivileges(linux, dropUser);
  if (fault !== undefined) {
    for (const fd of opened.sockets) closeSync(fd);
    return { ok: false, why: fault, gone: true };
  }
  // The runtime marks what it inherits close-on-exec, its standard streams too.
  for (const fd of [0, 1, 2, ...opened.sockets]) linux.fcntl(fd, F_SETFD, 0);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.env)) if (value !== undefined) env[name] = value;
  env[SOCKETS_VARIABLE] = opened.sockets.join(',');
  flushCompileCache();
  process.execve!(process.execPath, [process.execPath, ...options.command], env);
  return { ok: false, why: 'the runtime could not be started again', gone: true };
}
