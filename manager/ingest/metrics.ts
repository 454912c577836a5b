import type { Metrics } from '../../runtime/metrics.ts';

export function ingestMetrics(metrics: Metrics) {
  return {
    links: metrics.gauge('ingest_links', 'links', 'Sensors that are connected.'),
    messages: metrics.counter('ingest_messages', 'messages', 'Durable messages received, repeated ones included.'),
    bytes: metrics.counter('ingest_bytes', 'bytes', 'Bytes of durable messages received.'),
    refused: metrics.counter('ingest_refused_links', 'links', 'Links closed for a fault of the sensor.'),
    quarantined: metrics.counter(
      'ingest_quarantined_parts',
      'parts',
      'Live windows from the future: stored, but in no answer.',
    ),
    unreadable: metrics.counter(
      'ingest_unreadable_parts',
      'parts',
      'Parts that could not be read: stored, but in no answer.',
    ),
  };
}

export type IngestMetrics = ReturnType<typeof ingestMetrics>;
