import { elementType, isReal, type Log, type Row } from './record.ts';

/** What JSON can't have in a string as it is (RFC 8259, 7), and lone surrogates, which JSON.stringify escapes too. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/u;

/** A field that is written: its name as the row has it and as the line has it, and whether its numbers have a fraction. */
interface Column {
  readonly name: string;
  readonly prefix: string;
  readonly isReal: boolean;
}

/**
 * Prints rows of a log as Zeek's JSON writer does: fields in the log's order, names with dots, optional fields left out
 * when absent, times and intervals as plain numbers that always have a fraction, one line without its end.
 * `only` chooses fields by name. One a log: what can be known of it beforehand is.
 */
export function jsonWriter(log: Log, only?: ReadonlySet<string>): (row: Row) => string {
  const columns = log.fields
    .filter((field) => only === undefined || only.has(field.name))
    .map((field): Column => ({
      name: field.name,
      prefix: `${JSON.stringify(field.name)}:`,
      isReal: isReal(elementType(field.type)),
    }));
  return (row) => {
    let text = '';
    for (const column of columns) {
      const value = row[column.name];
      if (value === undefined) continue;
      text += text === '' ? column.prefix : `,${column.prefix}`;
      if (typeof value === 'object') text += `[${value.map((item) => scalar(column.isReal, item)).join(',')}]`;
      else text += scalar(column.isReal, value);
    }
    return `{${text}}`;
  };
}

/** One row of a log, where there are few. */
export function jsonLine(log: Log, row: Row, only?: ReadonlySet<string>): string {
  return jsonWriter(log, only)(row);
}

function scalar(real: boolean, value: string | number | boolean): string {
  if (typeof value === 'string') return SPECIAL.test(value) ? JSON.stringify(value) : `"${value}"`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (!Number.isFinite(value)) return 'null';
  return real && Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : `${value}`;
}
