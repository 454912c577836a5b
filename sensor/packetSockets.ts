import { chownSync, mkdirSync, statSync } from 'node:fs';
import { parseManagerUrl } from '../proto/managerUrl.ts';
import { AppError } from '../runtime/error.ts';
import type { SensorConfig } from './config.ts';
import { heapFlags } from './memoryPlan.ts';
import type { MemoryPlan } from './memoryPlan.ts';
import { inheritedSockets } from './privilege/inheritedSockets.ts';
import { serviceUser } from './privilege/serviceUser.ts';
import { startWithoutPrivileges } from './privilege/start.ts';

/**
 * The packet sockets that the start stage left: one an interface and worker, then spares. When that stage has not run yet,
 * runs it, which does not come back. Throws `capture.permission` when there is no right to capture.
 */
export function packetSockets(config: SensorConfig, interfaces: number, memory: MemoryPlan): readonly number[] {
  const inherited = inheritedSockets(process.env);
  if (!inherited.ok) throw new AppError('capture.sockets', inherited.why);
  if (inherited.sockets.length > 0) return inherited.sockets;
  mkdirSync(config.stateDir, { recursive: true, mode: 0o750 });
  const options = {
    sockets: interfaces * config.workers + memory.spares,
    command: [...heapFlags(memory), ...process.execArgv, ...process.argv.slice(1)],
    env: process.env,
  };
  const user = serviceUser(process.env);
  if (user !== undefined) {
    const owner = statSync(config.stateDir);
    if (owner.uid === 0) chownSync(config.stateDir, user.uid, user.gid);
    const refused = startWithoutPrivileges({
      ...options,
      dropUser: user,
      files: [process.argv[1]!, ...managerSocket(config)],
      directories: [config.stateDir],
    });
    if (refused.gone) throw new AppError('capture.permission', refused.why);
    if (owner.uid === 0) chownSync(config.stateDir, owner.uid, owner.gid);
  }
  // Where that user could not reach its files or the manager, root stays root, without any capability.
  const refused = startWithoutPrivileges(options);
  throw new AppError('capture.permission', refused.why);
}

/** The manager's socket, which the user that the sensor becomes must be able to use as well. */
function managerSocket(config: SensorConfig): string[] {
  const place = parseManagerUrl(config.manager);
  return typeof place !== 'string' && place.kind === 'unix' ? [place.path] : [];
}
