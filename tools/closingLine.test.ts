import { expect, test } from 'vitest';
import type { TestModule } from 'vitest/node';
import ClosingLine from './closingLine.ts';

type Outcome = { state: string; note?: string };

function moduleOf(...outcomes: Outcome[]): TestModule {
  const tests = outcomes.map((outcome, i) => ({ fullName: `test ${i}`, result: () => outcome }));
  const module = { state: () => 'passed', children: { size: tests.length, allTests: () => tests } };
  return module as unknown as TestModule;
}

function closing(ci: boolean, ...outcomes: Outcome[]): { text: string; status: typeof process.exitCode } {
  let text = '';
  const before = process.exitCode;
  process.exitCode = undefined;
  new ClosingLine((line) => (text += line), ci).onTestRunEnd([moduleOf(...outcomes)]);
  const status = process.exitCode;
  process.exitCode = before;
  return { text, status };
}

test('on a machine of yours a skipped test is said with its reason and fails nothing', () => {
  const { text, status } = closing(false, { state: 'passed' }, { state: 'skipped', note: 'needs root' });
  expect(text).toBe('skipped: test 1: needs root\n1 passed, 0 failed, 1 skipped\n');
  expect(status).toBeUndefined();
});

test('in CI a skipped test is a failed one', () => {
  const { text, status } = closing(true, { state: 'passed' }, { state: 'skipped', note: 'needs root' });
  expect(text.split('\n').at(-2)).toBe('1 passed, 1 failed, 0 skipped');
  expect(status).toBe(1);
});

test('in CI a test may stay out when it says so', () => {
  const { text, status } = closing(true, { state: 'skipped', note: 'not in CI: needs a real network card' });
  expect(text.split('\n').at(-2)).toBe('0 passed, 0 failed, 1 skipped');
  expect(status).toBeUndefined();
});
