import { open } from 'node:fs/promises';
import type { TableValues } from './engine.ts';
import { encodeBlock } from './nativeBlock.ts';
import type { Table } from './schema.ts';

/** Bytes that are joined for one write. */
const chunkBytes = 1 << 20;

/** Writes rows of a table as a file of one block. What stood there is overwritten: it was left by a crash. */
export async function writeNativeFile(path: string, table: Table, values: TableValues): Promise<void> {
  const columns = table.columns.map(([name, type]) => {
    const column = values[name];
    if (column === undefined) throw new TypeError(`a column is missing: ${table.name}.${name}`);
    return { name, type, values: column };
  });
  const file = await open(path, 'w', 0o640);
  try {
    let pieces: Uint8Array[] = [];
    let bytes = 0;
    for (const piece of encodeBlock(columns)) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes < chunkBytes) continue;
      await file.writeFile(Buffer.concat(pieces, bytes));
      pieces = [];
      bytes = 0;
    }
    await file.writeFile(Buffer.concat(pieces, bytes));
  } finally {
    await file.close();
  }
}
