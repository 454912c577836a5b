import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { detectFormat, magicOctets } from '../../../core/packet/file/captureFormat.ts';
import type { ByteSupply } from './byteSupply.ts';
import { SupplyError } from './byteSupply.ts';
import { InflateSupply } from './inflateSupply.ts';
import { FilePieces, PlainSupply, readAt } from './plainSupply.ts';
import { StreamPieces, StreamSupply } from './streamSupply.ts';

/** Standard input, as a path. */
export const standardInput = '-';

/** Opens a file for reading, inflating it when its first octets (not its name) say that it is compressed. */
export function openSupply(path: string, stdin: () => Readable): ByteSupply {
  if (path === standardInput) return new StreamSupply(new StreamPieces(stdin()));
  try {
    const status = fs.statSync(path);
    if (status.isDirectory()) throw new SupplyError('file.unreadable', 'it is a directory');
    if (!status.isFile()) return new StreamSupply(new StreamPieces(fs.createReadStream(path)));
    return openRegular(fs.openSync(path, 'r'), status.size);
  } catch (error) {
    if (error instanceof SupplyError) throw error;
    throw new SupplyError('file.unreadable', reason(error as NodeJS.ErrnoException));
  }
}

/** Whether the path can be opened a second time and then gives the same octets. */
export function isRegularFile(path: string): boolean {
  return path !== standardInput && (fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

function openRegular(descriptor: number, size: number): ByteSupply {
  const supply = new PlainSupply(descriptor, size);
  const magic = new Uint8Array(magicOctets);
  try {
    const format = detectFormat(magic.subarray(0, readAt(descriptor, magic, 0, magicOctets, 0)));
    return format === 'gzip' || format === 'zstd' ? new InflateSupply(format, new FilePieces(supply)) : supply;
  } catch (error) {
    supply.close();
    throw error;
  }
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file';
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'it may not be read';
  return error.message;
}
