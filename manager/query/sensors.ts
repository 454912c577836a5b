import type { SensorRow } from '../../proto/api.ts';
import { formatTime } from '../../proto/time.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { SummaryStore } from '../store/summaryStore.ts';
import { addLoss } from './coverage.ts';
import { isAsked } from './scope.ts';
import type { Scope } from './scope.ts';

/** The sensors in scope, with what they shipped of the span. */
export async function listSensors(
  scope: Scope,
  store: SummaryStore,
  control: ControlStore,
  connected: ReadonlySet<string>,
  nowMillis: number,
): Promise<SensorRow[]> {
  const rows = new Map<string, SensorRow>();
  for (const known of control.sensors()) {
    if (!isAsked(scope, known)) continue;
    const sensor = `${known.site}/${known.name}`;
    rows.set(sensor, {
      sensor,
      site: known.site,
      name: known.name,
      software: known.software,
      connected: connected.has(sensor),
      replay: known.replay,
      firstSeen: formatMillis(known.firstSeen),
      lastSeen: formatMillis(connected.has(sensor) ? nowMillis : known.lastSeen),
      lagSeconds: null,
      taps: [],
      windows: 0,
      packets: { seen: 0, nic: 0, kernel: 0, shed: 0, unrecorded: 0 },
      octets: 0,
    });
  }
  for (const tap of store.taps()) {
    const row = rows.get(`${tap.site}/${tap.sensor}`);
    if (row === undefined) continue;
    row.taps.push(tap.tap);
    const lag = Math.max(0, Math.round(nowMillis / 1000 - tap.to));
    row.lagSeconds = row.lagSeconds === null ? lag : Math.min(row.lagSeconds, lag);
  }
  for (const part of await store.counts(scope)) {
    const row = rows.get(`${part.site}/${part.sensor}`);
    if (row === undefined) continue;
    row.windows += part.rows;
    row.octets += part.octets;
    addLoss(row.packets, part);
  }
  return [...rows.values()];
}

function formatMillis(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  return formatTime(seconds, Math.round(millis - seconds * 1000) * 1e6);
}
