import type { TestContext } from 'vitest';

import { AppError } from '../../runtime/error.ts';
import { type Libpcap, loadLibpcap } from '../../sensor/capture/libpcap/library.ts';

/** libpcap, or the test is skipped and says why; in CI, where it must be, a missing one is a failure. */
export function needLibpcap(context: TestContext): Libpcap {
  try {
    return loadLibpcap();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'libpcap.missing' || process.env['CI']) throw error;
    return context.skip(error.message);
  }
}
