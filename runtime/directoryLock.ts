import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from './error.ts';

/**
 * Takes a directory for this process alone, until the answer is called or the process is gone in whatever way.
 *
 * Node has no call for file locks; SQLite takes one of the kernel's (fcntl) on a file, which is what is used here.
 * Throws `state.locked` when somebody else has it.
 */
export function lockDirectory(path: string): () => void {
  mkdirSync(path, { recursive: true, mode: 0o750 });
  const file = join(path, '.lock');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const held = error instanceof Error && /locked|busy/i.test(error.message);
    throw new AppError(
      held ? 'state.locked' : 'state.unusable',
      held ? 'another process uses this directory' : 'the directory cannot be used',
      { context: { path }, ...(held ? {} : { cause: error }) },
    );
  }
  const taken = database;
  return () => taken.close();
}
