import type { Intervals } from '../../proto/intervals.ts';
import { DurableKind } from '../../proto/link.ts';
import type { Logger } from '../../runtime/log.ts';
import type { SpoolSegments } from './spoolSegments.ts';

/**
 * Gives up the rows of logs in the oldest file that has any: windows are few and tell of everything, so they stay. The
 * spans of the messages that come later say what is missing. Answers with the number of messages, 0 when there are none.
 */
export async function giveUpLogs(segments: SpoolSegments, settled: Intervals, log: Logger): Promise<number> {
  for (const segment of segments.closed()) {
    let count = 0;
    for (const [i, entry] of segment.entries.entries()) {
      const seq = segment.first + i;
      if (entry?.kind !== DurableKind.LOG || settled.has(seq)) continue;
      settled.add(seq);
      count += 1;
    }
    if (count === 0) continue;
    log.error('the spool is full: the oldest rows of logs are given up', { messages: count });
    await segments.clean(segment, settled);
    return count;
  }
  return 0;
}
