import type { Reporter, TestModule } from 'vitest/node';

/** Prints what was skipped and why, and as the last line how many tests passed, failed and were skipped. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    const skipped: string[] = [];
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'failed') failed += 1;
        else skipped.push(`${test.fullName}: ${(result.state === 'skipped' && result.note) || 'no reason given'}`);
      }
    }
    const out = process.stdout;
    for (const line of skipped) out.write(`skipped: ${line}\n`);
    out.write(`${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
  }
}
