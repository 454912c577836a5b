import { dnsTables } from './dnsTables.ts';
import { logTables } from './logTables.ts';
import { levels, msgRaw, skRaw, winLevel, winRaw, skLevel } from './schema.ts';
import type { Table } from './schema.ts';

/** Tables of what came, which segments of the journal are loaded into. */
export function rawTables(): Table[] {
  return [winRaw, skRaw, msgRaw, ...dnsTables(), ...logTables()];
}

/** All tables, in the order in which they are made. */
export function tables(): Table[] {
  return [...rawTables(), ...levels.flatMap(({ name }) => [winLevel(name), skLevel(name)])];
}
