import { dnsTables } from './dnsTables.ts';
import { logTables } from './logTables.ts';
import { levels, msgRaw, skRaw, winLevel, winRaw, skLevel } from './schema.ts';
import type { Table } from './schema.ts';

/** Tables of what came, which segments of the journal are loaded into. */
export function rawTables(): Table[] {
  return [winRaw, skRaw, msgRaw, ...dnsTables(), ...logTables()];
}

/** Tables that are made at the start; the others when they are needed (`Engine.make`). */
export function firstTables(): Table[] {
  return tables().filter(({ grows }) => grows !== true);
}

/** All tables, in the order in which they are made. */
export function tables(): Table[] {
  return [...rawTables(), ...levels.flatMap(({ name }) => [winLevel(name), skLevel(name)])];
}
