import { elementType, type Field, isReal, type Log, type Row, type ScalarType } from './record.ts';

/** What the header says and the rows follow: Zeek's defaults. */
const UNSET = '-';
const EMPTY = '(empty)';

/** The fields of a log that are written: all, or those named, in the log's order. */
function chosen(log: Log, only?: ReadonlySet<string>): readonly Field[] {
  return only === undefined ? log.fields : log.fields.filter((field) => only.has(field.name));
}

/** Zeek's header lines, each with its end. `opened` stands in `#open`, in Zeek's form (2026-01-31-23-59-59). */
export function tsvHeader(log: Log, opened: string, only?: ReadonlySet<string>): string {
  const fields = chosen(log, only);
  const lines = [
    '#separator \\x09',
    '#set_separator\t,',
    `#empty_field\t${EMPTY}`,
    `#unset_field\t${UNSET}`,
    `#path\t${log.path}`,
    `#open\t${opened}`,
    `#fields\t${fields.map((field) => field.name).join('\t')}`,
    `#types\t${fields.map((field) => field.type).join('\t')}`,
  ];
  return `${lines.join('\n')}\n`;
}

export function tsvFooter(closed: string): string {
  return `#close\t${closed}\n`;
}

/** One row without its end. Tabs, line ends, other control characters and what would read as unset are escaped `\xHH`. */
export function tsvLine(log: Log, row: Row, only?: ReadonlySet<string>): string {
  return chosen(log, only)
    .map((field) => {
      const value = row[field.name];
      if (value === undefined) return UNSET;
      const type = elementType(field.type);
      if (!Array.isArray(value)) return scalar(type, value, false);
      return value.length === 0 ? EMPTY : value.map((item) => scalar(type, item, true)).join(',');
    })
    .join('\t');
}

function scalar(type: ScalarType, value: unknown, isItem: boolean): string {
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'number') return isReal(type) ? value.toFixed(6) : String(value);
  return escape(String(value), isItem);
}

function escape(text: string, isItem: boolean): string {
  if (text === '') return EMPTY;
  if (text === UNSET || text === EMPTY) return `\\x${hex(text.charCodeAt(0))}${text.slice(1)}`;
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const special = isItem ? /[\u0000-\u001f\u007f\\,]/gu : /[\u0000-\u001f\u007f\\]/gu;
  return text.replace(special, (character) => (character === '\\' ? '\\\\' : `\\x${hex(character.charCodeAt(0))}`));
}

function hex(code: number): string {
  return code.toString(16).padStart(2, '0');
}
