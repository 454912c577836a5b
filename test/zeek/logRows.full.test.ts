import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
const program = fileURLToPath(new URL('logRows.ts', import.meta.url));
const differences = fileURLToPath(new URL('differences.json', import.meta.url));

/** Least share of equal rows, of all captures together and of each capture alike. */
const least: Readonly<Record<string, number>> = {
  conn: 0.96,
  dns: 0.99,
  http: 0.98,
  ssl: 0.98,
  x509: 0.98,
  files: 0.97,
  ssh: 0.95,
  dhcp: 0.95,
};
const LEAST_OF_A_CAPTURE = 0.9;
const MOST_DIFFERENCES = 60;

interface Score {
  score: number;
  even: number;
  only_ours: number;
  captures: Record<string, { equal: number; of: number }>;
}

interface Difference {
  capture: string;
  log: string;
  field: string;
  ours: string;
  why: string;
}

test('rows are those that Zeek has, field by field', (ctx) => {
  const judge = join(shared, 'score', 'zeek_rows.py');
  if (!existsSync(judge)) ctx.skip('not in CI: no logs of Zeek beside the checkout');
  const folder = mkdtempSync(join(tmpdir(), 'picket-zeek-'));
  try {
    const rows = join(folder, 'rows');
    execFileSync(process.execPath, [program, rows, join(shared, 'pcaps')]);
    const scores = JSON.parse(
      execFileSync('python3', [judge, rows, join(shared, 'zeek'), '--json'], { encoding: 'utf8' }),
    ) as Record<string, Score>;
    const below: string[] = [];
    for (const [log, bound] of Object.entries(least)) {
      const { score, even, captures } = scores[log]!;
      expect([log, score >= bound, even >= bound], `${log}: ${score} ${even}`).toEqual([log, true, true]);
      for (const [capture, { equal, of }] of Object.entries(captures)) {
        if (equal / of < LEAST_OF_A_CAPTURE) below.push(`${log} ${capture}`);
      }
    }
    const listed = (JSON.parse(readFileSync(differences, 'utf8')) as { differences: Difference[] }).differences;
    expect(listed.length).toBeLessThanOrEqual(MOST_DIFFERENCES);
    // What is listed is below: an entry that no longer is goes.
    expect(below.toSorted()).toEqual(listed.map(({ log, capture }) => `${log} ${capture}`).toSorted());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
