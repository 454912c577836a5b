import { DurableKind } from '../../proto/link.ts';
import type { Field, Row, Value } from '../../core/records/record.ts';
import type { RowTest } from '../../core/records/rowFilter.ts';
import { rowMatch } from '../../core/records/rowMatch.ts';
import type { Engine } from './engine.ts';
import type { Journal } from './journal.ts';
import { conditionOf } from './logCondition.ts';
import { gapsOf } from './logGaps.ts';
import type { ToldSpan } from './logGaps.ts';
import { readLogMessage } from './logMessage.ts';
import type { LogMessage } from './logMessage.ts';
import type { LogArrival, LogLosses, LogQuery, LogRow, LogRowsQuery, LogStore } from './logStore.ts';
import { logSpan, logTable, presenceColumn, valueColumn } from './logTables.ts';
import { valueOf } from './logValues.ts';
import type { Rows } from './nativeBlock.ts';
import { joinSql, name, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Spans that are looked through for gaps: a day of a log of two sensors. */
const MOST_SPANS = 200_000;
/** A gap that begins before the range is known by the span before it, which ended so many seconds earlier at most. */
const LOOK_BACK = 3600;

type Waiting = LogMessage & { site: string; sensor: string; replay: boolean };

export function createLogStore({ journal, engine }: { journal: Pick<Journal, 'messages'>; engine: Engine }): LogStore {
  const listeners = new Set<(arrival: LogArrival) => void>();

  /** Messages of the log that wait, and the segments that they stand in. */
  async function waiting(query: LogQuery): Promise<{ messages: Waiting[]; segments: number[] }> {
    const view = journal.messages.view(DurableKind.LOG);
    const messages: Waiting[] = [];
    try {
      for await (const { head, body } of view.read()) {
        if (head.type !== 'message' || !isAsked(query, head)) continue;
        const message = readLogMessage(head, body, ({ log }) => log === query.log.path);
        if (message !== undefined) messages.push({ ...message, ...pick(head) });
      }
      return { messages, segments: view.segments };
    } finally {
      await view.close();
    }
  }

  async function rows(query: LogRowsQuery): Promise<{ rows: LogRow[]; more: boolean }> {
    const { log, from, to, test, limit } = query;
    const only = query.fields;
    const fields = only === undefined ? log.fields : log.fields.filter((field) => only.includes(field.name));
    const { messages, segments } = await waiting(query);
    const found = waitingRows(messages, { from, to, test, fields });
    const table = logTable(log);
    await engine.make(table);
    const told = await engine.select(
      sql`SELECT site, sensor, tap, f_ts${columnsOf(fields)} FROM ${name(table.name)} WHERE f_ts >= ${from} AND f_ts < ${to} AND ${scopeOf(query)} AND ${test === undefined ? sql`(1 = 1)` : conditionOf(test)} AND seg NOT IN (${[0, ...segments]}) ORDER BY f_ts DESC LIMIT ${limit + 1}`,
    );
    for (const row of storedRows(told, fields)) found.push(row);
    found.sort((a, b) => a.ts - b.ts);
    return { rows: found.slice(-limit), more: found.length > limit };
  }

  async function losses(query: LogQuery): Promise<LogLosses> {
    const { log, from, to } = query;
    const { messages, segments } = await waiting(query);
    const isNear = (span: ToldSpan): boolean => span.to >= from - LOOK_BACK && span.from < to;
    const spans = messages
      .filter(({ replay }) => !replay)
      .map(spanOf)
      .filter(isNear);
    const told = await engine.select(
      sql`SELECT site, sensor, tap, covered_from, covered_to, dropped FROM ${name(logSpan.name)} WHERE log = ${log.path} AND replay = 0 AND covered_to >= ${from - LOOK_BACK} AND covered_from < ${to} AND ${scopeOf(query)} AND seg NOT IN (${[0, ...segments]}) ORDER BY covered_from LIMIT ${MOST_SPANS + 1}`,
    );
    for (let i = 0; i < told.count; i++)
      spans.push({
        ...tapOf(told, i),
        from: told.numbers('covered_from')[i]!,
        to: told.numbers('covered_to')[i]!,
        dropped: told.numbers('dropped')[i]!,
      });
    const inside = spans.filter((span) => span.to >= from && span.from < to);
    return {
      gaps: gapsOf(spans).filter((gap) => gap.to > from && gap.from < to),
      dropped: inside.reduce((sum, { dropped }) => sum + dropped, 0),
      cut: told.count > MOST_SPANS,
    };
  }

  return {
    rows,
    losses,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    arrived(delivery) {
      if (delivery.kind !== DurableKind.LOG || listeners.size === 0) return;
      const message = readLogMessage(delivery, delivery.bytes);
      if (message === undefined || message.rows.length === 0) return;
      const { site, sensor } = delivery;
      const { log, rows: arrived, batch } = message;
      for (const listener of listeners) listener({ log, rows: arrived, site, sensor, tap: batch.tap });
    },
  };
}

const pick = ({ site, sensor, replay }: { site: string; sensor: string; replay: boolean }) => ({
  site,
  sensor,
  replay,
});

/** Whether a sensor is one of those that are asked. */
export function isAsked(
  { sites, sensors }: Pick<LogQuery, 'sites' | 'sensors'>,
  { site, sensor }: { site: string; sensor: string },
): boolean {
  return (
    (sites.length === 0 || sites.includes(site)) &&
    (sensors.length === 0 || sensors.includes(sensor) || sensors.includes(`${site}/${sensor}`))
  );
}

/** The same as a condition. */
function scopeOf({ sites, sensors }: LogQuery): Sql {
  const ofSites = sites.map((site) => sql`site = ${site}`);
  const ofSensors = sensors.map((text) => {
    const [site, own] = text.split('/', 2);
    return own === undefined ? sql`sensor = ${text}` : sql`(site = ${site ?? ''} AND sensor = ${own})`;
  });
  const both = [ofSites, ofSensors].filter((list) => list.length > 0).map((list) => sql`(${joinSql(list, ' OR ')})`);
  return both.length === 0 ? sql`(1 = 1)` : joinSql(both, ' AND ');
}

function columnsOf(fields: readonly Field[]): Sql {
  const columns = fields.flatMap((field) => {
    if (field.name === 'ts') return [];
    return field.optional === true ? [valueColumn(field), presenceColumn(field)] : [valueColumn(field)];
  });
  return columns.length === 0 ? sql`` : sql`, ${joinSql(columns.map(name), ', ')}`;
}

function* storedRows(told: Rows, fields: readonly Field[]): Iterable<LogRow> {
  const readers = fields.map((field) => {
    const values = told.isBytes(valueColumn(field)) ? told.bytes(valueColumn(field)) : told.numbers(valueColumn(field));
    return { field, values, present: field.optional === true ? told.numbers(presenceColumn(field)) : undefined };
  });
  const times = told.numbers('f_ts');
  // The newest come first.
  for (let i = told.count - 1; i >= 0; i--) {
    const row: Record<string, Value> = {};
    for (const { field, values, present } of readers)
      if (present === undefined || present[i] === 1) row[field.name] = valueOf(field, values[i]!);
    yield { ...tapOf(told, i), ts: times[i]!, row };
  }
}

function waitingRows(
  messages: readonly Waiting[],
  { from, to, test, fields }: { from: number; to: number; test: RowTest | undefined; fields: readonly Field[] },
): LogRow[] {
  const matches = test === undefined ? () => true : rowMatch(test);
  const found: LogRow[] = [];
  for (const { site, sensor, batch, rows } of messages) {
    for (const row of rows) {
      const ts = Number(row['ts']);
      if (ts >= from && ts < to && matches(row))
        found.push({ site, sensor, tap: batch.tap, ts, row: chosen(row, fields) });
    }
  }
  return found;
}

function chosen(row: Row, fields: readonly Field[]): Row {
  const kept: Record<string, Value> = {};
  for (const { name: field } of fields) {
    const value = row[field];
    if (value !== undefined) kept[field] = value;
  }
  return kept;
}

function spanOf({ site, sensor, batch }: Waiting): ToldSpan {
  const { tap, from, to, dropped } = batch;
  return { site, sensor, tap, from, to, dropped };
}

function tapOf(told: Rows, i: number): { site: string; sensor: string; tap: string } {
  const text = (column: string): string => Buffer.from(told.bytes(column)[i] ?? []).toString('utf8');
  return { site: text('site'), sensor: text('sensor'), tap: text('tap') };
}
