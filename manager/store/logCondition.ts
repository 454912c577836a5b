import { mapped } from '../../core/records/addressOctets.ts';
import { isList, isNumeric, elementType } from '../../core/records/record.ts';
import type { Field } from '../../core/records/record.ts';
import type { RowTest } from '../../core/records/rowFilter.ts';
import { presenceColumn, valueColumn } from './logTables.ts';
import { storedItem, storedValue } from './logValues.ts';
import { Sql, joinSql, name, sql } from './sql.ts';

/** A filter over rows as a condition over their table: true for the same rows as `rowMatch`. */
export function conditionOf(test: RowTest): Sql {
  switch (test.kind) {
    case 'and':
      return sql`(${joinSql(test.tests.map(conditionOf), ' AND ')})`;
    case 'or':
      return sql`(${joinSql(test.tests.map(conditionOf), ' OR ')})`;
    case 'not':
      return sql`(NOT ${conditionOf(test.test)})`;
    case 'present':
      return present(test.field);
    case 'equal':
      return ofPresent(test.field, equal(test.field, test.value));
    case 'compare': {
      const { field, operator, value } = test;
      const than = sql`${new Sql(operator)} ${value}`;
      if (!isList(field.type)) return ofPresent(field, sql`${column(field)} ${than}`);
      return ofPresent(field, sql`arrayExists(x -> toFloat64(x) ${than}, ${itemsOf(field)})`);
    }
    case 'contains':
      return ofPresent(test.field, contains(test.field, test.value));
    case 'in': {
      const { low, high, isIpv6 } = test.network;
      const octets = column(test.field);
      const range = sql`length(${octets}) = 16 AND ${octets} >= ${low} AND ${octets} <= ${high}`;
      return ofPresent(test.field, isIpv6 ? sql`${range} AND substring(${octets}, 1, 12) != ${mapped}` : range);
    }
  }
}

function column(field: Field): Sql {
  return name(valueColumn(field));
}

function present(field: Field): Sql {
  return field.optional === true ? sql`(${name(presenceColumn(field))} = 1)` : sql`(1 = 1)`;
}

function ofPresent(field: Field, condition: Sql): Sql {
  return field.optional === true ? sql`(${present(field)} AND ${condition})` : sql`(${condition})`;
}

function equal(field: Field, value: string | number | boolean | Uint8Array): Sql {
  if (isList(field.type) && !(value instanceof Uint8Array)) {
    if (typeof value === 'number') return sql`arrayExists(x -> toFloat64(x) = ${value}, ${itemsOf(field)})`;
    return sql`position(${column(field)}, ${`\0${storedItem(value)}\0`}) > 0`;
  }
  return sql`${column(field)} = ${value instanceof Uint8Array ? value : storedValue(field, value)}`;
}

/** Text of several items begins and ends with a separator, which no value holds: so it is found inside of an item. */
function contains(field: Field, value: string): Sql {
  if (!isList(field.type)) return sql`position(${column(field)}, ${value}) > 0`;
  if (value === '') return sql`length(${column(field)}) > 1`;
  return sql`position(${column(field)}, ${storedItem(value)}) > 0`;
}

/** The items of a list of numbers. */
function itemsOf(field: Field): Sql {
  if (!isNumeric(elementType(field.type))) throw new TypeError(`no numbers: ${field.name}`);
  return sql`arrayFilter(x -> x != '', splitByChar(${new Sql("'\\0'")}, ${column(field)}))`;
}
