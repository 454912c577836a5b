import type { Table } from './schema.ts';

type Values = Record<string, (number | Uint8Array | string)[]>;

/** Rows of a table, growing. */
export class GrowingRows {
  readonly table: Table;
  readonly values: Values;
  count = 0;

  constructor(table: Table) {
    this.table = table;
    this.values = Object.fromEntries(table.columns.map(([name]) => [name, []]));
  }

  add(row: Readonly<Record<string, number | Uint8Array | string>>): void {
    this.count += 1;
    for (const [name] of this.table.columns) {
      const value = row[name];
      if (value === undefined) throw new TypeError(`no value of ${this.table.name}.${name}`);
      this.values[name]?.push(value);
    }
  }
}

/** What stands for a whole segment in its rows. */
export interface SegmentOrigin {
  /** Whole hours since 1970: its partition. */
  arrived: number;
  manager: number;
  number: number;
}
