import { getSystemErrorName } from 'node:util';
import { CAPABILITY_VERSION_3, CAP_AMBIENT_CLEAR_ALL, Errno, Prctl, SECUREBITS } from './linux.ts';
import type { Linux } from './linux.ts';

/** Whom to be from now on. */
export interface DropUser {
  uid: number;
  gid: number;
}

/** Undefined, or one line that says what could not be given up. */
export type DropFault = string | undefined;

/** More than any kernel has; the first number that it does not know ends the list. */
const MAX_CAPABILITY = 63;

/**
 * Gives up every capability of the calling thread, for good: sets, ambient set, bounding set, and what root would get
 * back by executing a program. With `user` also its user and groups. Other threads of the process keep theirs, so this
 * is for straight before `execve`, which leaves the calling thread only; the new program's threads then inherit none.
 *
 * Steps that only bolt the door once more (bounding set, secure bits) may be refused, as to a service user that never
 * had the right to change them: no_new_privs, which is never refused, keeps execve from giving anything back.
 */
export function dropPrivileges(linux: Linux, user?: DropUser): DropFault {
  if (process.getuid?.() === 0) {
    linux.prctl(Prctl.SECUREBITS, SECUREBITS, 0, 0, 0);
    for (let capability = 0; capability <= MAX_CAPABILITY; capability++) {
      if (linux.prctl(Prctl.CAPBSET_DROP, capability, 0, 0, 0) !== 0) break;
    }
  }
  // Groups before the user: afterwards there is no right to change them.
  if (user !== undefined) {
    if (linux.setgroups(0, null) !== 0) return fault(linux, 'setgroups');
    if (linux.setresgid(user.gid, user.gid, user.gid) !== 0) return fault(linux, 'setresgid');
    if (linux.setresuid(user.uid, user.uid, user.uid) !== 0) return fault(linux, 'setresuid');
  }
  const cleared = linux.prctl(Prctl.CAP_AMBIENT, CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (cleared !== 0 && linux.errno() !== Errno.EINVAL) return fault(linux, 'PR_CAP_AMBIENT');
  if (linux.prctl(Prctl.NO_NEW_PRIVS, 1, 0, 0, 0) !== 0) return fault(linux, 'PR_SET_NO_NEW_PRIVS');
  // A unit's system call filter may deny capset. With no_new_privs and no ambient set, execve as an ordinary user leaves
  // nothing but the inheritable set, which gives no right.
  const failed = linux.capset(Uint32Array.of(CAPABILITY_VERSION_3, 0), new Uint32Array(6)) !== 0;
  if (failed && (process.getuid?.() === 0 || linux.errno() !== Errno.EPERM)) return fault(linux, 'capset');
  return undefined;
}

function fault(linux: Linux, call: string): string {
  return `could not give up privileges: ${call} failed: ${getSystemErrorName(-linux.errno())}`;
}
