import { Distinct } from '../../core/dnsDigest/distinct.ts';
import type { DnsDigest } from '../../core/dnsDigest/digest.ts';
import { RttBuckets } from '../../core/dnsDigest/rttBuckets.ts';
import { DurableKind } from '../../proto/link.ts';
import { readDnsMessage } from './dnsMessage.ts';
import { all, isInScope, ownersCondition, some, texts } from './dnsScope.ts';
import type { DnsScope } from './dnsScope.ts';
import { addRtt, unpackDistinct } from './dnsSketch.ts';
import type { CountedQueries, DnsStore } from './dnsStore.ts';
import { dnsClients, dnsNames, dnsQueries } from './dnsTables.ts';
import { readSums } from './dnsSums.ts';
import type { Engine } from './engine.ts';
import type { Journal } from './journal.ts';
import { managerNumber } from './loader.ts';
import type { Rows } from './nativeBlock.ts';
import { joinSql, name, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Keys that wait in the journal and are looked up in the engine, those with most queries. */
const mostKeys = 20_000;
/** Sketches that are merged before others get their turn. */
const sketchesAtOnce = 256;

/** Counts of a key, and all of its sketches merged. */
export interface Counted {
  key: string;
  count: number;
  nxdomain: number;
  sketch: Distinct;
}

/** What waits in the journal of a question's scope, and the condition for the rest in the engine. */
export interface Waiting {
  digests: readonly DnsDigest[];
  loaded: Sql;
}

interface Kind {
  table: string;
  key: string;
  sketch: string;
  of: (digest: DnsDigest) => Iterable<Counted>;
}

const namesKind: Kind = {
  table: dnsNames.name,
  key: 'name',
  sketch: 'clients',
  *of({ names }) {
    for (const { name: key, clients: sketch, count, nxdomain } of names) yield { key, count, nxdomain, sketch };
  },
};
const clientsKind: Kind = {
  table: dnsClients.name,
  key: 'client',
  sketch: 'names',
  *of({ clients }) {
    for (const { client: key, names: sketch, count, nxdomain } of clients) yield { key, count, nxdomain, sketch };
  },
};

type Deps = { journal: Pick<Journal, 'messages'>; engine: Engine };

/** Counts of queries by period: what is loaded, and what waits in the journal. */
export function createDnsCounts({ journal, engine }: Deps): Pick<DnsStore, 'names' | 'clients' | 'queries' | 'sums'> {
  /** Looks up what waits, and asks with it. Rows of the segments that it stands in are no rows of the engine. */
  async function withWaiting<T>(scope: DnsScope, ask: (waiting: Waiting) => Promise<T>): Promise<T> {
    const view = journal.messages.view(DurableKind.DNS);
    try {
      const digests: DnsDigest[] = [];
      for await (const entry of view.read()) {
        const message = readDnsMessage(entry);
        if (message === undefined || !isInScope(scope, message.site, message.sensor)) continue;
        const { start, seconds } = message.digest;
        if (seconds > 0 && isInSpan(scope, start, seconds)) digests.push(message.digest);
      }
      const conditions = [ownersCondition(scope)];
      const { span } = scope;
      if (span !== undefined) conditions.push(sql`ts + seconds > ${span.from} AND ts < ${span.to}`);
      if (view.segments.length > 0) conditions.push(sql`NOT (mgr = ${managerNumber} AND seg IN (${view.segments}))`);
      return await ask({ digests, loaded: all(conditions) });
    } finally {
      await view.close();
    }
  }

  /** The keys with most queries, with their sketches. */
  async function most(kind: Kind, { digests, loaded }: Waiting, limit: number): Promise<Counted[]> {
    const [table, column] = [name(kind.table), name(kind.key)];
    const counted = new Map<string, Counted>();
    for (const digest of digests) for (const one of kind.of(digest)) addCounted(counted, one);
    const first = await engine.select(
      sql`SELECT ${column}, sum(count) AS n FROM ${table} WHERE ${loaded} GROUP BY ${column} ORDER BY n DESC, ${column} LIMIT ${limit}`,
    );
    const keys = new Set(first.bytes(kind.key).map(textOf));
    for (const { key } of [...counted.values()].sort(byCount).slice(0, mostKeys)) keys.add(key);
    if (keys.size === 0) return [];
    const sums = await engine.select(
      sql`SELECT ${column}, sum(count) AS n, sum(nxdomain) AS x FROM ${table} WHERE ${loaded} AND ${column} IN (${texts([...keys])}) GROUP BY ${column}`,
    );
    for (const [i, key] of sums.bytes(kind.key).entries())
      addCounted(counted, {
        key: textOf(key),
        count: sums.numbers('n')[i]!,
        nxdomain: sums.numbers('x')[i]!,
        sketch: new Distinct(),
      });
    const rows = [...counted.values()].sort(byCount).slice(0, limit);
    const told = new Map(rows.map((row) => [row.key, row.sketch]));
    const sketches = await engine.select(
      sql`SELECT ${column}, ${name(kind.sketch)} AS sketch FROM ${table} WHERE ${loaded} AND ${column} IN (${texts([...told.keys()])})`,
    );
    await mergeSketches(sketches, kind.key, told);
    return rows;
  }

  return {
    names: (scope, limit) =>
      withWaiting(scope, async (waiting) =>
        (await most(namesKind, waiting, limit)).map(({ key, sketch, ...rest }) => ({
          name: key,
          clients: sketch,
          ...rest,
        })),
      ),
    clients: (scope, limit) =>
      withWaiting(scope, async (waiting) =>
        (await most(clientsKind, waiting, limit)).map(({ key, sketch, ...rest }) => ({
          client: key,
          names: sketch,
          ...rest,
        })),
      ),
    queries: (scope, wanted, limit) =>
      withWaiting(scope, async ({ digests, loaded }) => {
        const rows = new Map<string, CountedQueries>();
        const conditions = [loaded];
        if (wanted.client !== undefined) conditions.push(sql`client = ${wanted.client}`);
        if (wanted.name !== undefined) conditions.push(sql`name = ${wanted.name}`);
        for (const digest of digests)
          for (const { rtt, ...row } of digest.queries)
            if (
              (wanted.client === undefined || row.client === wanted.client) &&
              (wanted.name === undefined || row.name === wanted.name)
            ) {
              const into = queriesOf(rows, row);
              into.count += row.count;
              if (rtt !== undefined) into.rtt.merge(rtt);
            }
        const where = all(conditions);
        const key = sql`client, name, qtype, rcode`;
        const found = await engine.select(
          sql`SELECT ${key}, sum(count) AS n FROM ${name(dnsQueries.name)} WHERE ${where} GROUP BY ${key} ORDER BY n DESC, ${key} LIMIT ${limit}`,
        );
        const keys = new Map(
          [...rows.values()]
            .sort(byCount)
            .slice(0, mostKeys)
            .map((row) => [queryId(row), row]),
        );
        for (const row of queryRows(found)) keys.set(queryId(row), { ...row, rtt: new RttBuckets() });
        if (keys.size === 0) return [];
        const wantedKeys = some([...keys.values()].map(sameQuery));
        const sums = await engine.select(
          sql`SELECT ${key}, sum(count) AS n FROM ${name(dnsQueries.name)} WHERE ${where} AND ${wantedKeys} GROUP BY ${key}`,
        );
        for (const row of queryRows(sums)) queriesOf(rows, row).count += row.count;
        const listed = [...rows.values()].sort(byCount).slice(0, limit);
        const times = await engine.select(
          sql`SELECT ${key}, toUInt64(1) AS n, rtt FROM ${name(dnsQueries.name)} WHERE ${where} AND rtt != '' AND ${some(listed.map(sameQuery))}`,
        );
        let at = 0;
        for (const row of queryRows(times)) {
          addRtt(queriesOf(rows, row).rtt, times.bytes('rtt')[at] ?? new Uint8Array(0));
          at += 1;
          if (at % (16 * sketchesAtOnce) === 0) await turn();
        }
        return listed;
      }),
    sums: (scope) => withWaiting(scope, (waiting) => readSums(engine, waiting)),
  };
}

/** Whether a period overlaps the span. */
function isInSpan({ span }: DnsScope, start: number, seconds: number): boolean {
  return span === undefined || (start + seconds > span.from && start < span.to);
}

function addCounted(into: Map<string, Counted>, { key, count, nxdomain, sketch }: Counted): void {
  let known = into.get(key);
  if (known === undefined) into.set(key, (known = { key, count: 0, nxdomain: 0, sketch: new Distinct() }));
  known.count += count;
  known.nxdomain += nxdomain;
  known.sketch.merge(sketch);
}

async function mergeSketches(rows: Rows, key: string, into: ReadonlyMap<string, Distinct>): Promise<void> {
  for (const [i, bytes] of rows.bytes('sketch').entries()) {
    const sketch = unpackDistinct(bytes);
    if (sketch !== undefined) into.get(textOf(rows.bytes(key)[i] ?? new Uint8Array(0)))?.merge(sketch);
    if (i % sketchesAtOnce === sketchesAtOnce - 1) await turn();
  }
}

/** Lets others have their turn. */
async function turn(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}

type QueryKey = Pick<CountedQueries, 'client' | 'name' | 'qtype' | 'rcode'>;

function* queryRows(rows: Rows): Iterable<QueryKey & { count: number }> {
  for (let i = 0; i < rows.count; i++)
    yield {
      client: textOf(rows.bytes('client')[i] ?? new Uint8Array(0)),
      name: textOf(rows.bytes('name')[i] ?? new Uint8Array(0)),
      qtype: rows.numbers('qtype')[i]!,
      rcode: rows.numbers('rcode')[i]!,
      count: rows.numbers('n')[i]!,
    };
}

function queriesOf(rows: Map<string, CountedQueries>, { client, name: asked, qtype, rcode }: QueryKey): CountedQueries {
  const id = queryId({ client, name: asked, qtype, rcode });
  let row = rows.get(id);
  if (row === undefined) rows.set(id, (row = { client, name: asked, qtype, rcode, count: 0, rtt: new RttBuckets() }));
  return row;
}

function queryId({ client, name: asked, qtype, rcode }: QueryKey): string {
  return `${client} ${qtype} ${rcode} ${asked}`;
}

function sameQuery({ client, name: asked, qtype, rcode }: QueryKey): Sql {
  const same = [sql`client = ${client}`, sql`name = ${asked}`, sql`qtype = ${qtype}`, sql`rcode = ${rcode}`];
  return sql`(${joinSql(same, ' AND ')})`;
}

/** Those with most first. */
function byCount(a: { count: number; key?: string }, b: { count: number; key?: string }): number {
  return b.count - a.count || ((a.key ?? '') < (b.key ?? '') ? -1 : 1);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
