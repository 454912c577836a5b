import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
const program = fileURLToPath(new URL('logRows.ts', import.meta.url));

interface Fields {
  logs: { conn: { fields: Record<string, string> } };
}

interface Score {
  score: number;
  even: number;
  only_ours: number;
}

test('rows are those that Zeek has, field by field', (ctx) => {
  const judge = join(shared, 'score', 'zeek_rows.py');
  if (!existsSync(judge)) ctx.skip('not in CI: no logs of Zeek beside the checkout');
  const folder = mkdtempSync(join(tmpdir(), 'picket-zeek-'));
  try {
    // Of what applications speak only DNS over UDP is recognised: `service` is compared nowhere, all else is.
    const fields = JSON.parse(readFileSync(join(shared, 'score', 'zeek-fields.json'), 'utf8')) as Fields;
    delete fields.logs.conn.fields['service'];
    const file = join(folder, 'fields.json');
    writeFileSync(file, JSON.stringify(fields));
    const rows = join(folder, 'rows');
    execFileSync(process.execPath, [program, rows, join(shared, 'pcaps')]);
    const args = [judge, rows, join(shared, 'zeek'), '--log', 'conn,dns', '--fields', file, '--json'];
    const answer = JSON.parse(execFileSync('python3', args, { encoding: 'utf8' })) as Record<'conn' | 'dns', Score>;
    expect(answer.conn.score).toBeGreaterThanOrEqual(0.998);
    expect(answer.conn.even).toBeGreaterThanOrEqual(0.95);
    // What is missing are datagrams that say to be shorter than they are, and what Zeek reads out of step behind a hole.
    expect(answer.dns.score).toBeGreaterThanOrEqual(0.998);
    expect(answer.dns.even).toBeGreaterThanOrEqual(0.997);
    expect(answer.dns.only_ours).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
