import { isState } from '../../manager/store/nativeBlock.ts';
import type { Table } from '../../manager/store/schema.ts';
import { Sql, joinSql } from '../../manager/store/sql.ts';

/** All columns of a table, for a SELECT: of states their values. */
export function allColumns(table: Table): Sql {
  const column = ([name, type]: Table['columns'][number]): Sql =>
    new Sql(isState(type) ? `finalizeAggregation(${name}) AS v_${name}` : `${name} AS v_${name}`);
  return joinSql(table.columns.map(column), ', ');
}
