import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describe } from '../../core/records/describe.ts';
import { logs } from '../../core/records/logs.ts';
import { root } from './reading.ts';

test('the page of the logs has every field as it is declared', () => {
  const page = readFileSync(path.join(root, 'docs/logs.md'), 'utf8');
  for (const log of logs) expect(page).toContain(describe(log));
});
