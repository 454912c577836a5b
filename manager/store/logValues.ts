import { addressOctets, addressText } from '../../core/records/addressOctets.ts';
import { elementType, isList, isNumeric } from '../../core/records/record.ts';
import type { Field, Value } from '../../core/records/record.ts';

/**
 * Values of a log's rows as the engine holds them. Absent ones are 0 or ''. An address is 16 octets; text in its place
 * that is none has a `T` in front, and one more when that makes 16. A list is one text: a NUL, then a NUL behind each
 * item, so that an item can be found by what stands around it; NUL and 0x01 in items are 0x01 and one more octet.
 */
const SEPARATOR = '\0';
const ESCAPE = '\u0001';

export type StoredValue = number | string | Uint8Array;

export function storedValue(field: Field, value: Value | undefined): StoredValue {
  const type = elementType(field.type);
  if (isList(field.type)) {
    const items = (value ?? []) as readonly (string | number | boolean)[];
    return value === undefined ? '' : SEPARATOR + items.map((item) => storedItem(item) + SEPARATOR).join('');
  }
  if (isNumeric(type)) return numberOf(type === 'port' || type === 'count', value);
  if (type === 'bool') return value === true ? 1 : 0;
  const text = String(value ?? '');
  return type === 'addr' && value !== undefined ? storedAddress(text) : text;
}

/** An item of a list as it stands between its separators. */
export function storedItem(item: string | number | boolean): string {
  const text = String(item);
  if (!text.includes(SEPARATOR) && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, `${ESCAPE}2`).replaceAll(SEPARATOR, `${ESCAPE}1`);
}

/** The value that was stored, for a field that is there. */
export function valueOf(field: Field, stored: number | Uint8Array): Value {
  const type = elementType(field.type);
  if (typeof stored === 'number') return type === 'bool' ? stored !== 0 : stored;
  if (!isList(field.type)) return type === 'addr' ? addressOf(stored) : textOf(stored);
  const items = textOf(stored).split(SEPARATOR).slice(1, -1);
  return items.map((item): string | number | boolean => {
    if (isNumeric(type)) return Number(item);
    if (type === 'bool') return item === 'true';
    return item.replaceAll(`${ESCAPE}1`, SEPARATOR).replaceAll(`${ESCAPE}2`, ESCAPE);
  });
}

/** Counts beyond what a number holds exactly, negative ones and what is no number are 0: they are of no sensor of ours. */
function numberOf(isCount: boolean, value: Value | undefined): number {
  const number = Number(value ?? 0);
  if (isCount) return Number.isSafeInteger(number) && number >= 0 ? number : 0;
  return Number.isFinite(number) ? number : 0;
}

function storedAddress(text: string): Uint8Array | string {
  const octets = addressOctets(text);
  if (octets !== undefined && addressText(octets) === text) return octets;
  return Buffer.byteLength(text) === 15 ? `TT${text}` : `T${text}`;
}

function addressOf(stored: Uint8Array): string {
  if (stored.length === 16) return addressText(stored);
  const text = textOf(stored);
  return stored.length === 17 && text.startsWith('TT') ? text.slice(2) : text.slice(1);
}

function textOf(stored: Uint8Array): string {
  return Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString('utf8');
}
