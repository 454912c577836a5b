import type { Answer, Asked } from '../../../proto/api.ts';
import { formatTime } from '../../../proto/time.ts';
import { logs } from '../../../core/records/logs.ts';
import type { Log } from '../../../core/records/record.ts';
import { FilterFault, parseRowFilter } from '../../../core/records/rowFilter.ts';
import type { RowTest } from '../../../core/records/rowFilter.ts';
import type { LogStore } from '../../store/logStore.ts';
import { nearest } from '../../../runtime/nearest.ts';
import { headOf, openFrame } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { QueryError } from '../queryError.ts';

/** The newest rows of a log, with what was lost of it. */
export async function answerLogs(
  desk: Desk & { logs: LogStore },
  asked: Asked<'logs'>,
  signal?: AbortSignal,
): Promise<Answer<'logs'>> {
  const log = readLog(asked.log);
  const test = readFilter(log, asked.where);
  const fields = readFields(log, asked.fields);
  const frame = await openFrame(desk, asked, { signal });
  const { from, to, sites, sensors } = frame.scope;
  const query = { log, from, to, sites, sensors };
  const { rows, more } = await desk.logs.rows({ ...query, test, fields, limit: asked.limit });
  const { gaps, dropped, cut } = await desk.logs.losses(query);
  const notes = cut ? ['the span is long: gaps are told of its first part only'] : [];
  return {
    ...headOf(desk, 'logs', asked, frame, notes),
    rows: rows.map(({ site, sensor, row }) => ({ sensor: `${site}/${sensor}`, ...row })),
    more,
    lost: {
      rows: dropped,
      spans: gaps.map(({ site, sensor, tap, from: start, to: end }) => ({
        sensor: `${site}/${sensor}`,
        tap,
        from: formatTime(start),
        to: formatTime(end),
      })),
    },
  };
}

function readLog(path: string): Log {
  const log = logs.find((one) => one.path === path);
  if (log === undefined)
    throw new QueryError('query.log', `${path}: not one of ${logs.map((one) => one.path).join(' ')}`);
  return log;
}

function readFilter(log: Log, text: string | undefined): RowTest | undefined {
  if (text === undefined) return undefined;
  const test = parseRowFilter(log, text);
  if (test instanceof FilterFault)
    throw new QueryError('query.where', `where: ${String(test)}${meant(log, test.unknown)}`);
  return test;
}

function readFields(log: Log, names: readonly string[]): readonly string[] | undefined {
  for (const name of names)
    if (!log.fields.some((field) => field.name === name))
      throw new QueryError('query.fields', `${log.path} has no field ${name}${meant(log, name)}`);
  return names.length === 0 ? undefined : names;
}

/** The field that was meant, if one has nearly that name. */
function meant(log: Log, name: string | undefined): string {
  const fields = log.fields.map((field) => field.name);
  const near = name === undefined ? undefined : nearest(name, fields);
  return near === undefined ? '' : `; did you mean ${near}?`;
}
