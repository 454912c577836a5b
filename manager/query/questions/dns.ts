import type { Answer, Asked } from '../../../proto/api.ts';
import { formatTime } from '../../../proto/time.ts';
import type { DnsScope } from '../../store/dnsScope.ts';
import type { PairRow, PairWanted } from '../../store/dnsStore.ts';
import { headOf, openFrame } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { readAddress, readName, readRecordType, recordTypeName, reverseName } from '../dnsNames.ts';

/** Lines of the Common Output Format in one answer. */
const mostLines = 10_000;

/** Passive DNS: which names led where. */
export async function answerDns(desk: Desk, asked: Asked<'dns'>, signal?: AbortSignal): Promise<Answer<'dns'>> {
  const wanted = wantedOf(asked.q, asked.by);
  const types = asked.type.map(readRecordType);
  const isEver = asked.all || (asked.from === undefined && asked.to === undefined);
  const frame = await openFrame(desk, { ...asked, all: isEver }, { signal });
  const { from, to } = frame.scope;
  const scope: DnsScope = { sites: asked.site, sensors: asked.sensor, span: isEver ? undefined : { from, to } };
  const { rows, more } = await search(desk, wanted, types, scope, asked.limit);
  const notes = more ? [`there are more than ${asked.limit} rows: these are the newest`] : [];
  return {
    ...headOf(desk, 'dns', asked, frame, notes),
    rows: rows.map(({ rrtype, first, last, sensors, ...row }) => ({
      ...row,
      rrtype: recordTypeName(rrtype),
      first: formatTime(first),
      last: formatTime(last),
      sites: [...new Set(sensors.map(siteOf))],
      sensors,
    })),
    more,
  };
}

/** The same of all time, as passive DNS servers answer it: what has that name, and what says it. */
export async function answerPdns(desk: Desk, { q }: Asked<'pdns'>): Promise<Answer<'pdns'>> {
  const wanted = wantedOf(q, 'auto');
  if (readAddress(q) === undefined) wanted.push({ by: 'data', data: [readName(q)] });
  const { rows } = await search(desk, wanted, [], { sites: [], sensors: [], span: undefined }, mostLines);
  return {
    lines: rows.map(({ rrname, rrtype, rdata, first, last, count, sensors }) => ({
      rrname,
      rrtype: recordTypeName(rrtype),
      rdata,
      time_first: Math.floor(first),
      time_last: Math.floor(last),
      count,
      sensor_id: sensors.join(','),
    })),
  };
}

function wantedOf(q: string, by: Asked<'dns'>['by']): PairWanted[] {
  const address = readAddress(q);
  switch (by) {
    case 'auto':
      if (address === undefined) return [{ by: 'name', names: [readName(q)] }];
      return [
        { by: 'data', data: [address] },
        { by: 'name', names: [reverseName(address)] },
      ];
    case 'name':
      return [{ by: 'name', names: [readName(q)] }];
    case 'suffix':
      return [{ by: 'suffix', suffix: readName(q) }];
    case 'data':
      return [{ by: 'data', data: [...new Set([address ?? q, q, q.toLowerCase().replace(/\.$/, '')])] }];
  }
}

/** One search after the other: each is of its own order of the rows. No pair is found by both. */
async function search(
  { dns }: Desk,
  wanted: readonly PairWanted[],
  types: readonly number[],
  scope: DnsScope,
  limit: number,
): Promise<{ rows: PairRow[]; more: boolean }> {
  const rows = new Map<string, PairRow>();
  let more = false;
  for (const one of wanted) {
    const found = await dns.pairs({ wanted: one, types, scope, limit });
    more ||= found.more;
    for (const row of found.rows) rows.set(JSON.stringify([row.rrname, row.rrtype, row.rdata]), row);
  }
  const sorted = [...rows.values()].sort((a, b) => b.last - a.last);
  return { rows: sorted.slice(0, limit), more: more || sorted.length > limit };
}

function siteOf(sensor: string): string {
  return sensor.slice(0, sensor.indexOf('/'));
}
