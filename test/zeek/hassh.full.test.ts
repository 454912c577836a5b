import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCapture } from '../protocols/protocolRun.ts';

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));

test('HASSH of all known offers, of clients and servers', { timeout: 300_000 }, async (ctx) => {
  const file = join(shared, 'fingerprints', 'ssh.tsv');
  if (!existsSync(file)) ctx.skip('not in CI: no known fingerprints beside the checkout');
  // capture, frame, source, its port, destination, its port, HASSH of a client, of a server
  const truths = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
  const missing: string[] = [];
  for (const capture of new Set(truths.map(([name]) => name!))) {
    const { rows } = await runCapture(join(shared, 'pcaps', capture));
    for (const truth of truths.filter(([name]) => name === capture)) {
      const [, , from, fromPort, to, toPort, client, server = ''] = truth;
      const isKnown = (rows['ssh'] ?? []).some((row) => {
        const ends = [row['id.orig_h'], String(row['id.orig_p']), row['id.resp_h'], String(row['id.resp_p'])].join(' ');
        return server === ''
          ? ends === `${from} ${fromPort} ${to} ${toPort}` && row['hassh'] === client
          : ends === `${to} ${toPort} ${from} ${fromPort}` && row['hasshServer'] === server;
      });
      if (!isKnown) missing.push(truth.join(' '));
    }
  }
  expect(truths.length).toBeGreaterThan(20);
  expect(missing.length / truths.length, missing.join('\n')).toBeLessThanOrEqual(0.02);
});
