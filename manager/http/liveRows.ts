import { logs } from '../../core/records/logs.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { FilterFault, parseRowFilter } from '../../core/records/rowFilter.ts';
import { rowMatch } from '../../core/records/rowMatch.ts';

/** What a reader of rows wants of the stream. */
export interface RowStream {
  log: Log;
  /** The rows of an arrival that it wants, with the fields that it wants. */
  choose(rows: readonly Row[]): Row[];
}

/** Reads `log`, `where` and `fields`; undefined without a log, and a sentence when something is wrong with them. */
export function rowStreamOf(parameters: URLSearchParams): RowStream | string | undefined {
  const path = parameters.get('log');
  if (path === null) return undefined;
  const log = logs.find((one) => one.path === path);
  if (log === undefined) return 'no such log';
  const text = parameters.get('where');
  const test = text === null ? undefined : parseRowFilter(log, text);
  if (test instanceof FilterFault) return `where: ${String(test)}`;
  const matches = test === undefined ? () => true : rowMatch(test);
  const names = parameters.getAll('fields');
  const wanted = names.length === 0 ? log.fields : log.fields.filter(({ name }) => names.includes(name));
  return {
    log,
    choose: (rows) =>
      rows.filter(matches).map((row) => {
        const kept: Record<string, Row[string]> = {};
        for (const { name } of wanted) if (row[name] !== undefined) kept[name] = row[name];
        return kept;
      }),
  };
}
