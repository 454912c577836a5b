import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { giveDirectory } from './giveDirectory.ts';
import { unreachable } from './reach.ts';

test('tells what a user can read and write, by the modes on the way', () => {
  const root = mkdtempSync(join(tmpdir(), 'picket-reach-'));
  try {
    const other = { uid: 54_321, gid: 54_321 };
    const self = { uid: process.getuid!(), gid: process.getgid!() };
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'shut'), { mode: 0o700 });
    writeFileSync(join(root, 'open'), '', { mode: 0o644 });
    writeFileSync(join(root, 'shut/open'), '', { mode: 0o644 });
    expect(unreachable(other, [join(root, 'open')], [])).toBeUndefined();
    expect(unreachable(other, [join(root, 'shut/open')], [])).toContain("can't read");
    expect(unreachable(self, [join(root, 'shut/open')], [join(root, 'shut')])).toBeUndefined();
    expect(unreachable(other, [], [root])).toContain("can't write");
    expect(unreachable(other, [join(root, 'none')], [])).toContain('none');
    // Giving it to oneself changes nothing, and makes what is missing.
    giveDirectory(join(root, 'shut/new'), self);
    expect(unreachable(self, [], [join(root, 'shut/new')])).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true });
  }
});
