import type { DnsPair } from '../../core/dnsDigest/digest.ts';
import { RrType } from '../../core/dns/numbers.ts';
import { DurableKind } from '../../proto/link.ts';
import { readDnsMessage } from './dnsMessage.ts';
import { markOf } from './dnsRows.ts';
import { all, isInScope, ownersCondition, some, texts } from './dnsScope.ts';
import type { DnsStore, NewestName, PairQuery, PairRow, PairWanted } from './dnsStore.ts';
import { pdns, pdnsData } from './dnsTables.ts';
import type { Engine } from './engine.ts';
import type { Journal } from './journal.ts';
import { managerNumber } from './loader.ts';
import type { MessageView } from './messageView.ts';
import { nameKey, nameOfKey, suffixKeys } from './nameKey.ts';
import { name, sql } from './sql.ts';
import type { Sql } from './sql.ts';

const daySeconds = 86_400;
/** Messages of the journal, the newest, that names beside addresses are looked for in. */
const mostNameMessages = 256;

/** A pair that waits in the journal. */
interface WaitingPair {
  segment: number;
  sensor: string;
  pair: DnsPair;
}

type Deps = { journal: Pick<Journal, 'messages'>; engine: Engine };

/** The history of pairs: what is loaded, and what waits in the journal. */
export function createPassiveDns({ journal, engine }: Deps): Pick<DnsStore, 'pairs' | 'namesOf'> {
  /** Rows of the engine, the newest first, and those of the segments whose rows are among what was read. */
  async function select(
    { wanted, types, scope, limit }: PairQuery,
    segments: readonly number[],
    only?: Sql,
  ): Promise<{ rows: PairRow[]; loaded: Set<number> }> {
    const byData = wanted.by === 'data';
    const conditions = [conditionOf(wanted), ownersCondition(scope)];
    if (types.length > 0) conditions.push(sql`rrtype IN (${types})`);
    if (only !== undefined) conditions.push(only);
    const { span } = scope;
    // `day` is that of a row's last packet: rows that end before the span are not read.
    if (span !== undefined) conditions.push(sql`day >= ${Math.floor(span.from / daySeconds)}`);
    const marks = sql`rname = '' AND rrtype = ${managerNumber} AND rdata IN (${texts(segments.map(markOf))})`;
    const where =
      segments.length === 0
        ? sql`rname != '' AND ${all(conditions)}`
        : sql`(rname != '' AND ${all(conditions)}) OR (${marks})`;
    const having = span === undefined ? sql`1` : sql`rname = '' OR (b >= ${span.from} AND a < ${span.to})`;
    const days = sql`SELECT rname, rrtype, rdata, site, sensor, day, minMerge(first) AS a, maxMerge(last) AS b,
      sumMerge(count) AS n, minMerge(ttl_min) AS t, maxMerge(ttl_max) AS u FROM ${name((byData ? pdnsData : pdns).name)}
      WHERE ${where} GROUP BY rname, rrtype, rdata, site, sensor, day HAVING ${having}`;
    const rows =
      await engine.select(sql`SELECT rname, rrtype, rdata, min(a) AS a1, max(b) AS b1, sum(n) AS n1, min(t) AS t1,
      max(u) AS u1, arrayStringConcat(arraySort(groupUniqArray(concat(site, '/', sensor))), ' ') AS who FROM (${days})
      GROUP BY rname, rrtype, rdata ORDER BY rname = '' DESC, b1 DESC, rname, rrtype, rdata LIMIT ${limit + 1 + segments.length}`);
    const found: PairRow[] = [];
    const loaded = new Set<number>();
    const text = (column: string, row: number): string => Buffer.from(rows.bytes(column)[row] ?? []).toString();
    for (let i = 0; i < rows.count; i++) {
      const key = text('rname', i);
      const rdata = text('rdata', i);
      if (key === '') {
        loaded.add(Number(rdata));
        continue;
      }
      found.push({
        rrname: nameOfKey(key),
        rrtype: rows.numbers('rrtype')[i]!,
        rdata,
        first: rows.numbers('a1')[i]!,
        last: rows.numbers('b1')[i]!,
        count: rows.numbers('n1')[i]!,
        ttlMin: rows.numbers('t1')[i]!,
        ttlMax: rows.numbers('u1')[i]!,
        sensors: text('who', i).split(' '),
      });
    }
    return { rows: found, loaded };
  }

  /** What was loaded and what waits, where that is not among the loaded. */
  async function both(query: PairQuery, waiting: readonly WaitingPair[], only?: Sql): Promise<Map<string, PairRow>> {
    const segments = [...new Set(waiting.map(({ segment }) => segment))];
    const { rows, loaded } = await select(query, segments, only);
    const merged = new Map(rows.map((row) => [pairId(row), row]));
    for (const { segment, sensor, pair } of waiting) if (!loaded.has(segment)) addPair(merged, pair, sensor);
    return merged;
  }

  return {
    async pairs(query) {
      const { limit } = query;
      const view = journal.messages.view(DurableKind.DNS);
      try {
        const waiting = await readWaiting(view, query);
        const rows = await both(query, waiting);
        // The engine was asked for its newest only: pairs that wait may be among its others too.
        if (rows.size > limit) {
          const newest = new Map(waiting.map((one) => [pairId(one.pair), one.pair]));
          const unsure = [...newest.values()].sort((a, b) => b.last - a.last).slice(0, limit + 1);
          const ids = new Set(unsure.map(pairId));
          if (unsure.length > 0) {
            const mine = waiting.filter(({ pair }) => ids.has(pairId(pair)));
            const whole = await both(query, mine, some(unsure.map(samePair)));
            for (const [id, row] of whole) rows.set(id, row);
          }
        }
        const sorted = [...rows.values()].sort(byLast);
        return { rows: sorted.slice(0, limit), more: sorted.length > limit };
      } finally {
        await view.close();
      }
    },

    async namesOf(addresses, scope) {
      const names = new Map<string, NewestName>();
      if (addresses.length === 0) return names;
      const wanted = new Set(addresses);
      const take = (address: string, newest: NewestName): void => {
        const known = names.get(address);
        if (known === undefined || newest.last > known.last || (newest.last === known.last && newest.name < known.name))
          names.set(address, newest);
      };
      const view = journal.messages.view(DurableKind.DNS);
      try {
        for await (const entry of view.read(mostNameMessages)) {
          const message = readDnsMessage(entry);
          if (message === undefined || !isInScope(scope, message.site, message.sensor)) continue;
          for (const { rrname, rrtype, rdata, last } of message.digest.pairs)
            if (wanted.has(rdata) && addressTypes.includes(rrtype)) take(rdata, { name: rrname, last });
        }
      } finally {
        await view.close();
      }
      const pairs = sql`SELECT rdata, rname, maxMerge(last) AS b FROM ${name(pdnsData.name)}
        WHERE rdata IN (${texts(addresses)}) AND rname != '' AND rrtype IN (${addressTypes}) AND ${ownersCondition(scope)}
        GROUP BY rdata, rname`;
      const rows = await engine.select(
        sql`SELECT rdata, argMax(rname, b) AS newest, max(b) AS seen FROM (${pairs}) GROUP BY rdata`,
      );
      for (const [i, rdata] of rows.bytes('rdata').entries())
        take(Buffer.from(rdata).toString(), {
          name: nameOfKey(Buffer.from(rows.bytes('newest')[i] ?? []).toString()),
          last: rows.numbers('seen')[i]!,
        });
      return names;
    },
  };
}

const addressTypes: readonly number[] = [RrType.A, RrType.AAAA];

async function readWaiting(view: MessageView, query: PairQuery): Promise<WaitingPair[]> {
  const { wanted, types, scope } = query;
  const isWanted = testOf(wanted);
  const found: WaitingPair[] = [];
  for await (const entry of view.read()) {
    const message = readDnsMessage(entry);
    if (message === undefined || !isInScope(scope, message.site, message.sensor)) continue;
    const sensor = `${message.site}/${message.sensor}`;
    for (const pair of message.digest.pairs)
      if (
        (types.length === 0 || types.includes(pair.rrtype)) &&
        (scope.span === undefined || (pair.last >= scope.span.from && pair.first < scope.span.to)) &&
        isWanted(pair)
      )
        found.push({ segment: entry.segment, sensor, pair });
  }
  return found;
}

function conditionOf(wanted: PairWanted): Sql {
  switch (wanted.by) {
    case 'name':
      return sql`rname IN (${texts(wanted.names.map(nameKey))})`;
    case 'suffix': {
      const { from, to } = suffixKeys(wanted.suffix);
      return sql`(rname >= ${from} AND rname < ${to})`;
    }
    case 'data':
      return sql`rdata IN (${texts(wanted.data)})`;
  }
}

function testOf(wanted: PairWanted): (pair: DnsPair) => boolean {
  switch (wanted.by) {
    case 'name': {
      const keys = new Set(wanted.names.map(nameKey));
      return ({ rrname }) => keys.has(nameKey(rrname));
    }
    case 'suffix': {
      const { from, to } = suffixKeys(wanted.suffix);
      return ({ rrname }) => {
        const key = nameKey(rrname);
        return key >= from && key < to;
      };
    }
    case 'data': {
      const data = new Set(wanted.data);
      return ({ rdata }) => data.has(rdata);
    }
  }
}

function samePair({ rrname, rrtype, rdata }: DnsPair): Sql {
  return sql`(rname = ${nameKey(rrname)} AND rrtype = ${rrtype} AND rdata = ${rdata})`;
}

function pairId({ rrname, rrtype, rdata }: Pick<DnsPair, 'rrname' | 'rrtype' | 'rdata'>): string {
  return `${rrtype} ${nameKey(rrname)} ${rdata}`;
}

/** The newest first. */
function byLast(a: PairRow, b: PairRow): number {
  return b.last - a.last || (pairId(a) < pairId(b) ? -1 : 1);
}

function addPair(rows: Map<string, PairRow>, pair: DnsPair, sensor: string): void {
  const id = pairId(pair);
  const row = rows.get(id);
  if (row === undefined) {
    rows.set(id, { ...pair, rrname: nameOfKey(nameKey(pair.rrname)), sensors: [sensor] });
    return;
  }
  row.first = Math.min(row.first, pair.first);
  row.last = Math.max(row.last, pair.last);
  row.count += pair.count;
  row.ttlMin = Math.min(row.ttlMin, pair.ttlMin);
  row.ttlMax = Math.max(row.ttlMax, pair.ttlMax);
  if (!row.sensors.includes(sensor)) row.sensors = [...row.sensors, sensor].sort();
}
