import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readCaptures } from '../../sensor/read.ts';
import { goldenCaptures } from './goldenCaptures.ts';

/**
 * Captures with the report that they must give. `PICKET_UPDATE=1` writes captures and reports anew (format them
 * afterwards); the difference is to be read before it is committed.
 */
const folder = fileURLToPath(new URL('.', import.meta.url));
const update = process.env['PICKET_UPDATE'] === '1';

test.each(Object.keys(goldenCaptures))('%s is the capture that is made here', (name) => {
  const made = Buffer.from(goldenCaptures[name]!());
  if (update) writeFileSync(path.join(folder, name), made);
  expect(readFileSync(path.join(folder, name)).equals(made)).toBe(true);
});

const names = new Set([
  ...readdirSync(folder).filter((name) => name.endsWith('.pcap')),
  ...Object.keys(goldenCaptures),
]);

test.each([...names])('%s gives its report', async (name) => {
  const file = path.join(folder, name);
  const report = await readCaptures({
    paths: [file],
    filter: '',
    checksums: false,
    windows: true,
    windowSeconds: 10,
    top: 100,
    by: 'octets',
    workers: 1,
    registers: true,
    flowSlots: 4096,
  });
  const files = report.files.map((one) => ({ ...one, path: name }));
  const text = `${JSON.stringify({ ...report, version: null, files }, null, 1)}\n`;
  const expected = file.replace(/\.pcap$/, '.json');
  if (update) writeFileSync(expected, text);
  expect(existsSync(expected), 'a capture needs its report: PICKET_UPDATE=1').toBe(true);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
});
