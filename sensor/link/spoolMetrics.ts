import type { Metrics } from '../../runtime/metrics.ts';

export function spoolMetrics(metrics: Metrics, spool: { bytes: () => number; pending: () => number }) {
  metrics.computed('spool_bytes', 'bytes', 'Disk space that unacknowledged messages take.', spool.bytes);
  metrics.computed('spool_pending_messages', 'messages', 'Messages that are not acknowledged.', spool.pending);
  return {
    merged: metrics.counter(
      'spool_merged_messages',
      'messages',
      'Window parts that were merged into longer windows because the spool was full.',
    ),
    dropped: metrics.counter(
      'spool_dropped_messages',
      'messages',
      'Messages given up unacknowledged because the spool was full.',
    ),
  };
}
