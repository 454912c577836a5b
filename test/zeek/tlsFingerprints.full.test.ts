import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Row } from '../../core/records/record.ts';
import { runCapture } from '../protocols/protocolRun.ts';

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));

/** A hello as it is known from elsewhere. */
interface Truth {
  capture: string;
  src: string;
  src_port: string;
  dst: string;
  dst_port: string;
  ja3: string;
  ja4: string;
  server_name: string;
}

function readTruths(): Truth[] {
  const [head, ...lines] = readFileSync(join(shared, 'fingerprints/tls.tsv'), 'utf8').trimEnd().split('\n');
  const names = head!.split('\t');
  return lines.map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])) as unknown as Truth;
  });
}

function isOf(row: Row, truth: Truth): boolean {
  // Addresses of the truth are of a frame's first IP header: in a tunnel the ports must do.
  return String(row['id.orig_p']) === truth.src_port && String(row['id.resp_p']) === truth.dst_port;
}

function isEqual(row: Row, truth: Truth): boolean {
  return row['ja3'] === truth.ja3 && row['ja4'] === truth.ja4 && (row['server_name'] ?? '') === truth.server_name;
}

test('fingerprints and server names of all known hellos, those of QUIC too', { timeout: 300_000 }, async (ctx) => {
  if (!existsSync(join(shared, 'fingerprints'))) ctx.skip('not in CI: no known fingerprints beside the checkout');
  const truths = readTruths();
  const missing: string[] = [];
  for (const capture of new Set(truths.map((truth) => truth.capture))) {
    const { rows } = await runCapture(join(shared, 'pcaps', capture));
    const hellos = [...(rows['ssl'] ?? []), ...(rows['quic'] ?? [])];
    for (const truth of truths.filter((one) => one.capture === capture)) {
      const known = hellos.filter((row) => isOf(row, truth));
      const exact = known.filter((row) => row['id.orig_h'] === truth.src && row['id.resp_h'] === truth.dst);
      if (!(exact.length > 0 ? exact : known).some((row) => isEqual(row, truth))) {
        missing.push(`${capture} ${truth.src_port} ${truth.server_name}`);
      }
    }
  }
  expect(truths.length).toBeGreaterThan(200);
  expect(missing.length / truths.length, missing.join('\n')).toBeLessThanOrEqual(0.02);
});
