import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DropUser } from './drop.ts';

const READ = 4;
const WRITE = 2;
const SEARCH = 1;

/**
 * The first of `files` that a user could not read, or of `directories` that it could not write to, as one line; undefined
 * when it can reach all. By owner and mode only: access control lists may allow more. Asked before becoming that user,
 * since afterwards it is too late to tell anybody.
 */
export function unreachable(
  user: DropUser,
  files: readonly string[],
  directories: readonly string[],
): string | undefined {
  for (const file of files) {
    if (!reaches(user, file, READ)) return `user ${user.uid} can't read ${file}`;
  }
  for (const directory of directories) {
    if (!reaches(user, directory, READ | WRITE | SEARCH)) return `user ${user.uid} can't write to ${directory}`;
  }
  return undefined;
}

function reaches(user: DropUser, path: string, want: number): boolean {
  const target = resolve(path);
  if (!allows(user, target, want)) return false;
  for (let at = dirname(target); ; at = dirname(at)) {
    if (!allows(user, at, SEARCH)) return false;
    if (at === dirname(at)) return true;
  }
}

function allows(user: DropUser, path: string, want: number): boolean {
  const stats: Stats | undefined = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  const shift = stats.uid === user.uid ? 6 : stats.gid === user.gid ? 3 : 0;
  return ((stats.mode >> shift) & want) === want;
}
