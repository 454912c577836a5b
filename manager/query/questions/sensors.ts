import type { Answer, Asked, SensorRow } from '../../../proto/api.ts';
import { formatTime } from '../../../proto/time.ts';
import type { SensorLink } from '../../ingest/sensorLinks.ts';
import type { TapCounts } from '../../store/summaryStore.ts';
import { addLoss } from '../coverage.ts';
import { changeOf, headOf, lookBack, openFrame } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { isAsked, tellSpan } from '../scope.ts';

/** The sensors in scope, with what they shipped of the span. */
export async function answerSensors(
  desk: Desk,
  asked: Asked<'sensors'>,
  signal?: AbortSignal,
): Promise<Answer<'sensors'>> {
  const frame = await openFrame(desk, asked, { signal });
  const rows = listSensors(desk, frame);
  const back = await lookBack(desk, asked, frame, (one) => Promise.resolve(sumBySensor(one.counts)));
  const head = headOf(desk, 'sensors', asked, frame);
  if (back === undefined) return { ...head, rows };
  const compared = rows.map((row) => {
    const { packets, octets } = back.told.get(row.sensor) ?? nothing();
    return { ...row, before: { packets, octets }, change: changeOf(row.octets, octets) };
  });
  return { ...head, rows: compared, previous: back.period };
}

interface Sum {
  packets: SensorRow['packets'];
  octets: number;
  windows: number;
}

function nothing(): Sum {
  return { packets: { seen: 0, nic: 0, kernel: 0, shed: 0, unrecorded: 0 }, octets: 0, windows: 0 };
}

function sumBySensor(counts: readonly TapCounts[]): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const count of counts) {
    const sensor = `${count.site}/${count.sensor}`;
    const sum = sums.get(sensor) ?? nothing();
    sums.set(sensor, sum);
    sum.windows += count.rows;
    sum.octets += count.octets;
    addLoss(sum.packets, count);
  }
  return sums;
}

function listSensors(desk: Desk, { scope, counts, view }: Frame): SensorRow[] {
  const sums = sumBySensor(counts);
  const connected = desk.connected();
  const links = new Map(desk.links().map((link) => [`${link.site}/${link.name}`, link]));
  return view.known
    .filter((known) => isAsked(scope, known))
    .map((known) => {
      const { site, name, software, replay } = known;
      const sensor = `${site}/${name}`;
      const taps = view.spans.filter((tap) => tap.site === site && tap.sensor === name);
      const kept = taps.filter(({ windows }) => windows > 0);
      const newest = taps.toSorted((a, b) => b.to - a.to)[0];
      return {
        sensor,
        site,
        name,
        software,
        connected: connected.has(sensor),
        replay,
        firstSeen: formatMillis(known.firstSeen),
        lastSeen: formatMillis(connected.has(sensor) ? view.now * 1000 : known.lastSeen),
        lagSeconds: newest === undefined ? null : Math.max(0, Math.round(view.now - newest.to)),
        windowSeconds: newest?.seconds ?? null,
        ...linkOf(links.get(sensor)),
        data: tellSpan(
          kept.length === 0
            ? undefined
            : { from: Math.min(...kept.map(({ from }) => from)), to: Math.max(...kept.map(({ to }) => to)) },
        ),
        taps: taps.map(({ tap }) => tap),
        ...(sums.get(sensor) ?? nothing()),
      };
    });
}

function linkOf(link: SensorLink | undefined) {
  const toMicros = (seconds: number | undefined): number | null =>
    seconds === undefined ? null : Math.round(seconds * 1e6) / 1e6;
  return {
    clockOffsetSeconds: toMicros(link?.clock?.offset),
    clockUncertaintySeconds: toMicros(link?.clock?.uncertainty),
    refused: link?.refused ?? 0,
    unreadable: link?.unreadable ?? 0,
    quarantined: link?.quarantined ?? 0,
  };
}

function formatMillis(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  return formatTime(seconds, Math.floor(millis - seconds * 1000) * 1e6);
}
