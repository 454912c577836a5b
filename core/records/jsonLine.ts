import { elementType, isReal, type Log, type Row, type ScalarType } from './record.ts';

/**
 * One row as Zeek's JSON writer prints it: fields in the log's order, names with dots, optional fields left out when
 * absent, times and intervals as plain numbers that always have a fraction, one line without its end.
 * `only` chooses fields by name.
 */
export function jsonLine(log: Log, row: Row, only?: ReadonlySet<string>): string {
  let text = '{';
  for (const field of log.fields) {
    const value = row[field.name];
    if (value === undefined || (only !== undefined && !only.has(field.name))) continue;
    if (text.length > 1) text += ',';
    text += `"${field.name}":`;
    const type = elementType(field.type);
    text += Array.isArray(value) ? `[${value.map((item) => scalar(type, item)).join(',')}]` : scalar(type, value);
  }
  return `${text}}`;
}

function scalar(type: ScalarType, value: unknown): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'null';
    return isReal(type) && Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
  }
  return JSON.stringify(value);
}
