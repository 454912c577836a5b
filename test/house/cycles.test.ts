import path from 'node:path';
import { expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { isCode, projectFiles, textOf } from './sources.ts';

/** Circles in a graph, each as the way round; one of every set that a search in depth meets. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    if (done.has(file)) return;
    const before = way.indexOf(file);
    if (before >= 0) {
      found.push([...way.slice(before), file]);
      return;
    }
    way.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    way.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}

test('a circle is found, and a diamond is none', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
    ['d', []],
    ['e', ['f']],
    ['f', ['e']],
  ]);
  expect(circles(graph)).toEqual([['e', 'f', 'e']]);
});

test('no module loads itself through others', () => {
  // Types are erased and may point at each other; what is loaded in a circle is half made when it is first used.
  const loaded = (file: string): string[] =>
    importsOf(textOf(file))
      .filter(({ kind, specifier }) => kind === 'value' && specifier.startsWith('.'))
      .map(({ specifier }) => path.posix.join(path.posix.dirname(file), specifier));
  expect(
    circles(
      new Map(
        projectFiles()
          .filter(isCode)
          .map((file) => [file, loaded(file)]),
      ),
    ),
  ).toEqual([]);
});
