import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** What a reason for skipping begins with when CI need not run the test. */
const allowedInCi = 'not in CI:';

/**
 * Prints what was skipped and why, and as the last line how many tests passed, failed and were skipped.
 *
 * With CI set, CI has what the tests need: a test that skips itself there counts as failed, unless its reason begins
 * with `not in CI:`. A file that could not be loaded counts as one failed test, and so does each error outside of tests.
 */
export default class ClosingLine implements Reporter {
  readonly #write: (text: string) => void;
  readonly #ci: boolean;

  constructor(write?: (text: string) => void, ci = Boolean(process.env['CI'])) {
    this.#write = typeof write === 'function' ? write : (text) => process.stdout.write(text);
    this.#ci = ci;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[] = []): void {
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    let refused = 0;
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else {
          const reason = skipReason(test);
          const bad = this.#ci && !reason.startsWith(allowedInCi);
          this.#write(`${bad ? 'FAILED, skipped in CI' : 'skipped'}: ${test.fullName}: ${reason}\n`);
          if (bad) refused += 1;
          else skipped += 1;
        }
      }
    }
    if (refused > 0) process.exitCode = 1;
    this.#write(`${passed} passed, ${failed + refused} failed, ${skipped} skipped\n`);
  }
}

function skipReason(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' && result.note) || 'no reason given';
}
