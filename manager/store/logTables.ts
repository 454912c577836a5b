import { elementType, isList } from '../../core/records/record.ts';
import type { Field, Log } from '../../core/records/record.ts';
import { logs } from '../../core/records/logs.ts';
import type { ColumnType } from './nativeBlock.ts';
import { origin } from './schema.ts';
import type { Table } from './schema.ts';

/** Column of a field's values. Names of two fields of a log differ in more than case and dots: a test says so. */
export function valueColumn(field: Field): string {
  return `f_${columnName(field)}`;
}

/** Column that says whether a row has the field, where it may be absent. */
export function presenceColumn(field: Field): string {
  return `p_${columnName(field)}`;
}

function columnName({ name }: Field): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');
}

/** How values lie in the engine: addresses as 16 octets, lists as one text (`logValues.ts`). */
export function columnType(field: Field): ColumnType {
  if (isList(field.type)) return 'String';
  switch (elementType(field.type)) {
    case 'time':
    case 'interval':
    case 'double':
      return 'Float64';
    case 'port':
      return 'UInt16';
    case 'count':
      return 'UInt64';
    case 'bool':
      return 'UInt8';
    case 'string':
    case 'addr':
    case 'enum':
      return 'String';
  }
}

/** The table of a log's rows, made of its declaration. */
export function logTable(log: Log): Table {
  const columns: (readonly [string, ColumnType])[] = [
    ['site', 'String'],
    ['sensor', 'String'],
    ['tap', 'String'],
  ];
  for (const field of log.fields) {
    columns.push([valueColumn(field), columnType(field)]);
    if (field.optional === true) columns.push([presenceColumn(field), 'UInt8']);
  }
  columns.push(...origin);
  return {
    name: `log_${log.path}`,
    columns,
    partition: 'arrived',
    order: ['f_ts'],
    granularity: 1024,
    packed: columns.filter(([, type]) => type === 'String').map(([name]) => name),
    grows: true,
  };
}

/** One row a batch that came: what was told of, and what was lost. */
export const logSpan: Table = {
  name: 'log_span',
  columns: [
    ['log', 'String'],
    ['site', 'String'],
    ['sensor', 'String'],
    ['tap', 'String'],
    ['replay', 'UInt8'],
    ['covered_from', 'Float64'],
    ['covered_to', 'Float64'],
    ['first_ts', 'Float64'],
    ['last_ts', 'Float64'],
    ['rows', 'UInt64'],
    ['dropped', 'UInt64'],
    ...origin,
  ],
  partition: 'arrived',
  order: ['log', 'site', 'sensor', 'tap', 'covered_from'],
  granularity: 2048,
  packed: [],
};

/** The tables of all logs. */
export function logTables(): Table[] {
  return [...logs.map(logTable), logSpan];
}
