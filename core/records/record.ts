/**
 * The record table: each log's fields declared once, with Zeek's name, type, optionality and a sentence. The TypeScript
 * type of a row, the JSON and TSV writers, the columnar batch and the documentation page all come from it.
 */

/** Zeek's types. `time` is seconds since 1970, `interval` seconds, both with fraction; counts are below 2^53. */
export type ScalarType = 'time' | 'interval' | 'string' | 'addr' | 'port' | 'count' | 'double' | 'bool' | 'enum';
export type FieldType = ScalarType | `vector[${ScalarType}]` | `set[${ScalarType}]`;

export interface Field {
  /** As in Zeek's log, with dots: `id.orig_h`. */
  readonly name: string;
  readonly type: FieldType;
  readonly optional?: true;
  /** What it says, in one sentence. */
  readonly text: string;
  /** A field that Zeek does not have. */
  readonly ours?: true;
}

export interface Log {
  /** The log's file is `path.log`. */
  readonly path: string;
  readonly text: string;
  readonly fields: readonly Field[];
}

type ScalarOf<T> = T extends 'string' | 'addr' | 'enum' ? string : T extends 'bool' ? boolean : number;
type ValueOf<T> = T extends `vector[${infer S}]` | `set[${infer S}]` ? readonly ScalarOf<S>[] : ScalarOf<T>;
type Optional<F> = F extends { readonly optional: true } ? F : never;

/** The row type of a log that was declared `as const satisfies Log`. */
export type RecordOf<L extends Log> = {
  readonly [F in Exclude<L['fields'][number], Optional<L['fields'][number]>> as F['name']]: ValueOf<F['type']>;
} & {
  readonly [F in Optional<L['fields'][number]> as F['name']]?: ValueOf<F['type']>;
};

export type Value = string | number | boolean | readonly (string | number | boolean)[];
/** A row whose log is only known at run time. */
export type Row = Readonly<Record<string, Value | undefined>>;

/** The scalar type of a field, and whether it is a list of them. */
export function elementType(type: FieldType): ScalarType {
  const match = /\[(\w+)\]$/u.exec(type);
  return (match === null ? type : match[1]) as ScalarType;
}

export function isList(type: FieldType): boolean {
  return type.endsWith(']');
}

/** Whether values of a scalar type are numbers, and whether these may have a fraction. */
export function isNumeric(type: ScalarType): boolean {
  return type === 'port' || type === 'count' || isReal(type);
}

export function isReal(type: ScalarType): boolean {
  return type === 'time' || type === 'interval' || type === 'double';
}
