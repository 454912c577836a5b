import type { Metrics } from '../../runtime/metrics.ts';

export function linkMetrics(metrics: Metrics) {
  return {
    connected: metrics.gauge('link_connected', 'links', '1 while the manager has welcomed this sensor.'),
    connections: metrics.counter('link_connections', 'connections', 'Times the manager welcomed this sensor.'),
    sent: metrics.counter('link_sent_messages', 'messages', 'Durable messages sent, those sent again included.'),
    sentBytes: metrics.counter('link_sent_bytes', 'bytes', 'Bytes of durable messages sent.'),
    acknowledged: metrics.counter(
      'link_acknowledged_messages',
      'messages',
      'Durable messages that the manager has acknowledged.',
    ),
    thinned: metrics.counter(
      'link_thinned_parts',
      'parts',
      'Windows that waited too long to be live and went with the backlog.',
    ),
    requests: metrics.counter('link_requests', 'requests', 'Requests of the manager that were worked on.'),
    requestsRepeated: metrics.counter(
      'link_repeated_requests',
      'requests',
      'Requests that came again and were answered from memory.',
    ),
    requestsRefused: metrics.counter('link_refused_requests', 'requests', 'Requests that were refused unseen.'),
    unstored: metrics.counter(
      'link_unstored_parts',
      'parts',
      'Window parts given up because the disk did not take them, or not in time.',
    ),
    oversized: metrics.counter(
      'link_oversized_parts',
      'parts',
      'Window parts given up because they pass the limit of a message.',
    ),
  };
}

export type LinkMetrics = ReturnType<typeof linkMetrics>;
