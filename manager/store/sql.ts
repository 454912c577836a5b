/** A piece of SQL whose values stand in it safely. Made by `sql` and `name` only. */
export class Sql {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a statement: a number as digits, text and bytes as `unhex('...')`, a list of numbers for `IN (...)`. */
export type SqlValue = number | string | Uint8Array | readonly number[] | Sql;

/**
 * A statement out of a template: sql`SELECT x FROM ${name('t')} WHERE tap IN (${taps}) AND seed = ${bytes}`.
 *
 * Engines of the `base` profile have no query parameters, so values stand in the text: numbers as digits, and texts and
 * bytes in hexadecimal, so that nothing has to be escaped. An empty list is NULL, which is in no list.
 */
export function sql(parts: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  let text = parts[0] ?? '';
  for (const [at, value] of values.entries()) text += literal(value) + (parts[at + 1] ?? '');
  return new Sql(text);
}

/** The name of a table or column of ours. */
export function name(text: string): Sql {
  if (!/^[a-z_][a-z0-9_]*$/.test(text)) throw new TypeError(`not a name: ${text}`);
  return new Sql(text);
}

/** Pieces of SQL joined by `between`. */
export function joinSql(pieces: readonly Sql[], between: ', ' | ' AND ' | ' OR ' | ' UNION ALL '): Sql {
  return new Sql(pieces.map(({ text }) => text).join(between));
}

function literal(value: SqlValue): string {
  if (value instanceof Sql) return value.text;
  if (typeof value === 'number') return digits(value);
  if (typeof value === 'string') return `unhex('${Buffer.from(value).toString('hex')}')`;
  if (value instanceof Uint8Array) return `unhex('${Buffer.from(value).toString('hex')}')`;
  return value.length === 0 ? 'NULL' : value.map(digits).join(', ');
}

function digits(value: number): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    throw new RangeError(`not a number that SQL can hold: ${value}`);
  return String(value);
}
