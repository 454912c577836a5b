import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const script = path.join(import.meta.dirname, 'build.ts');
const dist = path.resolve(import.meta.dirname, '../../console/dist');

function build(): string {
  return execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('a build is not repeated for the same sources', () => {
  build();
  const page = path.join(dist, 'index.html');
  const { mtimeMs } = statSync(page);
  build();
  expect(statSync(page).mtimeMs).toBe(mtimeMs);
});

test('the page has nothing inline, loads nothing from elsewhere, and is small', () => {
  build();
  const page = readFileSync(path.join(dist, 'index.html'), 'utf8');
  expect(page).not.toMatch(/<style|<script(?![^>]* src="\.\/assets\/)| style=| on[a-z]+=/i);
  expect(page).not.toMatch(/(src|href)="(?!\.\/assets\/)/);
  const assets = readdirSync(path.join(dist, 'assets'));
  const octets = (ending: string): number =>
    assets
      .filter((name) => name.endsWith(ending))
      .reduce((sum, name) => sum + gzipSync(readFileSync(path.join(dist, 'assets', name)), { level: 9 }).length, 0);
  for (const name of assets) {
    expect(name).toMatch(/^\w+-[\w-]{8}\.(js|css|svg)$/);
    const text = readFileSync(path.join(dist, 'assets', name), 'utf8');
    expect(text.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\/|@import|url\((?!#)/);
  }
  expect(octets('.js')).toBeLessThan(46_000);
  expect(octets('.css')).toBeLessThan(5000);
});
