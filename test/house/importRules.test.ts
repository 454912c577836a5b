import path from 'node:path';
import { expect, test } from 'vitest';
import { importRules } from './importRules.ts';
import type { ImportRule } from './importRules.ts';
import { computed, importsOf } from './imports.ts';
import type { Import } from './imports.ts';
import { isCode, isTest, projectFiles, textOf } from './sources.ts';

/** The rules' name of what `specifier` in `file` means: a path from the root, `npm:` or `node:`. */
function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier);
  return specifier.startsWith('node:') ? specifier : `npm:${specifier}`;
}

function breaks(rule: ImportRule, file: string, kind: Import['kind'], target: string): boolean {
  if (isTest(file) && rule.tests !== true) return false;
  if (!rule.to.test(target) || rule.except?.test(target)) return false;
  if (!rule.from.test(file) || (rule.sameStage === true && target.startsWith(`${stageOf(file)}/`))) return false;
  if (rule.forbids === 'everything') return true;
  return rule.forbids === 'values' ? kind !== 'types' : kind === 'value';
}

function stageOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

/** What is wrong with the imports of one file. */
function faults(file: string, source: string): string[] {
  return importsOf(source).flatMap(({ specifier, kind, line }) => {
    const target = targetOf(file, specifier);
    return importRules
      .filter((rule) => breaks(rule, file, kind, target))
      .map((rule) => `${file}:${line} imports ${kind} of ${target}: ${rule.why}`);
  });
}

test('the project keeps its import rules', () => {
  expect(
    projectFiles()
      .filter(isCode)
      .flatMap((file) => faults(file, textOf(file))),
  ).toEqual([]);
});

test('no file loads what cannot be read from its text', () => {
  const found = projectFiles()
    .filter((file) => isCode(file) && !isTest(file) && !/^(bench|tools)\//.test(file))
    .flatMap((file) => importsOf(textOf(file)).map(({ specifier, line }) => ({ at: `${file}:${line}`, specifier })));
  expect(found.filter(({ specifier }) => specifier === computed)).toEqual([]);
});

test.each([
  ['sensor/main.ts', `import '../manager/main.ts'`],
  ['sensor/main.ts', `import type { A } from '../manager/main.ts'`],
  ['sensor/a.test.ts', `import '../manager/main.ts'`],
  ['manager/ingest/a.ts', `import type { A } from '../../sensor/flow/table.ts'`],
  ['core/packet/a.ts', `import fs from 'node:fs'`],
  ['core/packet/a.ts', `import type { Log } from '../../runtime/log.ts'`],
  ['core/packet/a.ts', `const { z } = await import('zod')`],
  ['proto/link.ts', `import { z } from 'zod'`],
  ['proto/api.ts', `import type { Log } from '../runtime/log.ts'`],
  ['runtime/log.ts', `import type { A } from '../sensor/main.ts'`],
  ['sensor/capture/a.ts', `import type { A } from '../flow/table.ts'`],
  ['sensor/flow/a.ts', `import { open } from '../capture/ring.ts'`],
  ['sensor/window/a.ts', `import type { A } from '../link/spool.ts'`],
  ['sensor/window/a.ts', `import type { A } from '../match/rules.ts'`],
  ['sensor/recorder/a.ts', `import { open } from '../capture/ring.ts'`],
  ['manager/query/a.ts', `import { open } from '../store/journal.ts'`],
  ['sensor/window/a.ts', `import type { A } from '../../proto/gen/picket.js'`],
  ['sensor/window/a.ts', `import koffi from 'koffi'`],
  ['cli/a.ts', `import { run } from '../sensor/read.ts'`],
  ['cli/a.mjs', `await import('../sensor/pipeline.ts')`],
  ['console/a.tsx', `import type { A } from '../core/packet/batch.ts'`],
  ['console/a.tsx', `import { api } from '../proto/api.ts'`],
  ['console/a.tsx', `import { formatTime } from '../proto/time.ts'`],
  ['sensor/flow/table.ts', `import { test } from 'vitest'`],
])('refused: %s with %s', (file, source) => {
  expect(faults(file, source)).not.toEqual([]);
});

test.each([
  ['sensor/flow/a.ts', `import type { A } from '../capture/source.ts'; import { b } from '../../core/packet/batch.ts'`],
  ['sensor/window/a.ts', `import { Word } from '../flow/layout.ts'`],
  ['sensor/flow/a.test.ts', `import { open } from '../capture/file.ts'; import fc from 'fast-check'`],
  ['sensor/pipeline.ts', `import { a } from './capture/ring.ts'; import { b } from './flow/table.ts'`],
  ['sensor/capture/worker.ts', `import { b } from '../flow/table.ts'`],
  ['sensor/link/a.ts', `import { picket } from '../../proto/gen/picket.js'`],
  ['manager/ingest/a.ts', `import type { Store } from '../store/door.ts'; import { b } from './b.ts'`],
  ['manager/main.ts', `import { open } from './store/journal.ts'; import { b } from './ingest/b.ts'`],
  ['proto/api.ts', `import { z } from 'zod'; import type { A } from '../core/records/conn.ts'`],
  ['cli/a.ts', `import type { A } from '../sensor/read.ts'; await import('../sensor/read.ts')`],
  ['console/a.tsx', `import { render } from 'preact'; import type { Api } from '../proto/api.ts'`],
  ['console/a.tsx', `import { routes } from '../proto/routes.ts'`],
])('allowed: %s with %s', (file, source) => {
  expect(faults(file, source)).toEqual([]);
});
