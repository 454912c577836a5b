import { randomBytes } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { linkLimits } from '../../proto/link.ts';
import { writeFileAtomic } from '../../runtime/atomicFile.ts';
import { AppError } from '../../runtime/error.ts';

/** The name of a spool's stream, 16 bytes, and whether it was made now. Throws `spool.stream` for a damaged one. */
export async function openStream(directory: string): Promise<{ stream: Uint8Array<ArrayBuffer>; isNew: boolean }> {
  const path = join(directory, 'stream');
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (!/^[0-9a-f]{32}$/.test(text))
      throw new AppError('spool.stream', 'the stream file is damaged: delete the spool directory to begin anew', {
        context: { path },
      });
    return { stream: new Uint8Array(Buffer.from(text, 'hex')), isNew: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Segments without a stream belong to nobody: their numbers must not go on under a new name.
  for (const name of await readdir(directory))
    if (name.endsWith('.seg') || name === 'sent') await rm(join(directory, name));
  const stream = new Uint8Array(randomBytes(linkLimits.stream));
  await writeFileAtomic(path, `${Buffer.from(stream).toString('hex')}\n`);
  return { stream, isNew: true };
}
