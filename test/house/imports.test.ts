import { expect, test } from 'vitest';
import { computed, importsOf } from './imports.ts';
import { tokensOf } from './tokens.ts';

const seen = (source: string): string[] => importsOf(source).map(({ kind, specifier }) => `${kind} ${specifier}`);

test.each([
  [`import 'a';`, ['value a']],
  [`import a from 'a';`, ['value a']],
  [`import a, { b as c, type D } from "a";`, ['value a']],
  [`import * as a from 'a'; import b from 'b'`, ['value a', 'value b']],
  [
    `import type A from 'a'; import type { B } from 'b'; import type * as C from 'c';`,
    ['types a', 'types b', 'types c'],
  ],
  [`import type from 'a';`, ['value a']],
  [`import { from } from 'a'; import from from 'b';`, ['value a', 'value b']],
  [`import data from './a.json' with { type: 'json' };`, ['value ./a.json']],
  [`export * from 'a'; export * as b from 'b'; export { c } from 'c';`, ['value a', 'value b', 'value c']],
  [`export type { A } from 'a'; export type * from 'b';`, ['types a', 'types b']],
  [`export type A = { from: 'x' }; export { a }; const from = 'y';`, []],
  [`export const from = 'a'; export default 'b'; export function from() {}`, []],
  [`const a = await import('a'); const b = await import(\`b\`);`, ['lazy a', 'lazy b']],
  [`type A = typeof import('a'); let b: X | import('b').B;`, ['types a', 'types b']],
  [`await import(name); await import('a' + b);`, [`lazy ${computed}`, `lazy ${computed}`]],
  [`const a = require('a'); this.require('b'); a.import('c');`, ['lazy a']],
  [`new URL('./a.ts', import.meta.url)`, []],
])('%s', (source, expected) => {
  expect(seen(source)).toEqual(expected);
});

test('what only looks like an import is none', () => {
  const source = [
    `// import 'a'`,
    `/* import 'b' */ const c = "import 'c'";`,
    'const d = `import("d") ${ e("}") + `${ { f: 1 } } import "f"` } import "g"`;',
    `const h = /import 'h'/.test(x) || a / b / import.meta.url.length;`,
    `const i = /[/'"\`]/; const j = x.import;`,
  ].join('\n');
  expect(seen(source)).toEqual([]);
});

test('code in the holes of a template is read', () => {
  expect(seen('`a ${ await import("x") } b ${ { c: import("y") } } d`')).toEqual(['lazy x', 'lazy y']);
});

test('after a regular expression, a quote or a division the rest is still read', () => {
  expect(seen(`const a = [/'/, /"/g]; if (x) y = 1 / 2; import b from 'b'`)).toEqual(['value b']);
  expect(seen(`const a = (b) / 2; const c = "it's"; const d = 'x\\'y'; import e from 'e'`)).toEqual(['value e']);
  expect(seen(`#!/usr/bin/env node's\nimport a from 'a'`)).toEqual(['value a']);
});

test('tokens know their lines', () => {
  const lines = tokensOf('a\n/*\n*/ b\n`\n${c}\n` d').filter(({ kind }) => kind === 'name');
  expect(lines.map(({ text, line }) => `${text}${line}`)).toEqual(['a1', 'b3', 'c5', 'd6']);
});
