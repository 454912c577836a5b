import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
const program = fileURLToPath(new URL('connRows.ts', import.meta.url));

interface Fields {
  logs: { conn: { fields: Record<string, string> } };
}

test('connections are those that Zeek has, field by field', (ctx) => {
  const judge = join(shared, 'score', 'zeek_rows.py');
  if (!existsSync(judge)) ctx.skip('not in CI: no logs of Zeek beside the checkout');
  const folder = mkdtempSync(join(tmpdir(), 'picket-zeek-'));
  try {
    // What applications speak is not recognised here; all else is compared.
    const fields = JSON.parse(readFileSync(join(shared, 'score', 'zeek-fields.json'), 'utf8')) as Fields;
    delete fields.logs.conn.fields['service'];
    const file = join(folder, 'fields.json');
    writeFileSync(file, JSON.stringify(fields));
    const rows = join(folder, 'rows');
    execFileSync(process.execPath, [program, rows, join(shared, 'pcaps')]);
    const answer = execFileSync('python3', [judge, rows, join(shared, 'zeek'), '--log', 'conn', '--fields', file], {
      encoding: 'utf8',
    });
    const [, , , , , , , score, even] = answer.split('\n')[1]!.trim().split(/ +/u);
    expect(Number(score)).toBeGreaterThanOrEqual(0.998);
    expect(Number(even)).toBeGreaterThanOrEqual(0.95);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
