import { lchownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DropUser } from './drop.ts';

/**
 * Makes a directory if need be and gives it, with all that is in it, to a user: before becoming that user. Links are
 * given themselves, never followed.
 */
export function giveDirectory(directory: string, user: DropUser): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  lchownSync(directory, user.uid, user.gid);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) giveDirectory(path, user);
    else lchownSync(path, user.uid, user.gid);
  }
}
