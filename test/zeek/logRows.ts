/**
 * Writes our logs of captures, one folder a capture, in the form that a comparison with Zeek's rows takes.
 *
 *   node test/zeek/logRows.ts OUT FOLDER-OF-CAPTURES [NAME]...
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCaptures } from '../../sensor/read.ts';

async function main(out: string, folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : readdirSync(folder)) {
    if (name.endsWith('.md')) continue;
    await readCaptures({
      paths: [join(folder, name)],
      filter: '',
      checksums: false,
      windows: false,
      windowSeconds: 10,
      top: 10,
      by: 'octets',
      workers: 1,
      registers: false,
      logs: { directory: join(out, name), format: 'json', now: () => new Date() },
    });
  }
}

const [out, folder, ...names] = process.argv.slice(2);
if (out === undefined || folder === undefined) {
  process.stderr.write('usage: logRows.ts OUT FOLDER-OF-CAPTURES [NAME]...\n');
  process.exitCode = 2;
} else {
  await main(out, folder, names);
}
