import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a whole file so that readers see the old one or the new one, never a part, also after a power cut: a hidden
 * file beside it, synced, renamed over it, and the directory synced.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string, mode = 0o640): Promise<void> {
  const directory = dirname(path);
  const hidden = join(directory, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const file = await open(hidden, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    await rename(hidden, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(hidden, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** Makes created, renamed and removed names of a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
