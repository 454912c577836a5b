import { readFileSync } from 'node:fs';
import type { DropUser } from './drop.ts';

/** `nobody` on every Linux. */
const NOBODY: DropUser = { uid: 65534, gid: 65534 };

/**
 * Whom a sensor that was started as root becomes: who called sudo, else the user `picket` of the installation, else
 * nobody. Undefined when this is not root: there is nothing to give up.
 */
export function serviceUser(env: NodeJS.ProcessEnv, passwd = '/etc/passwd'): DropUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const uid = Number(env['SUDO_UID'] ?? Number.NaN);
  const gid = Number(env['SUDO_GID'] ?? Number.NaN);
  if (Number.isInteger(uid) && uid > 0 && Number.isInteger(gid)) return { uid, gid };
  let accounts = '';
  try {
    accounts = readFileSync(passwd, 'utf8');
  } catch {
    // No accounts that could be read: then the one that always exists.
    return NOBODY;
  }
  const row = accounts.split('\n').find((line) => line.startsWith('picket:'));
  const fields = row?.split(':').map(Number);
  return fields === undefined ? NOBODY : { uid: fields[2]!, gid: fields[3]! };
}
