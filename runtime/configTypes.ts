import { z } from 'zod';
import { printable } from './error.ts';

/**
 * The types that configuration keys have. Each takes what YAML gives and also the same as text, since values come from
 * the environment and from flags too.
 */

const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};
const timeUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3600e3,
  d: 86_400e3,
  y: 365 * 86_400e3,
};

/** A number with a unit out of `units` in the unit whose factor is 1, or undefined when it is not one. */
function parseAmount(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim());
  const factor = match === null ? undefined : units[match[2] ?? ''];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

function amount(units: Readonly<Record<string, number>>, divisor: number, min: number, max: number, say: string) {
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const plain = typeof value === 'number' ? value : /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
    const withUnit = plain === undefined ? parseAmount(String(value), units) : undefined;
    const result = plain ?? (withUnit === undefined ? Number.NaN : withUnit / divisor);
    if (!Number.isSafeInteger(result)) context.addIssue(`${JSON.stringify(value)} is not ${say}`);
    else if (result < min || result > max) context.addIssue(`${result} is not in ${min}..${max}`);
    return result;
  });
}

/** Bytes: a whole number, or with a unit: `64MiB`, `1GB`. */
export function size(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  return amount(sizeUnits, 1, min, max, 'a size such as 64MiB');
}

/** Whole seconds: a number, or with a unit: `10s`, `2h`, `7d`. */
export function seconds(min: number, max: number) {
  return amount(timeUnits, 1000, min, max, 'a time of whole seconds such as 10s');
}

/** Whole milliseconds: a number, or with a unit: `250ms`, `2s`. */
export function millis(min: number, max: number) {
  return amount(timeUnits, 1, min, max, 'a time such as 250ms');
}

/** A whole number. */
export function integer(min: number, max: number) {
  return amount({}, 1, min, max, 'a whole number');
}

/** true or false; as text also yes, no, on, off, 1, 0. */
export function flag() {
  return z.union([z.boolean(), z.string()]).transform((value, context) => {
    if (typeof value === 'boolean') return value;
    if (['true', 'yes', 'on', '1'].includes(value.toLowerCase())) return true;
    if (!['false', 'no', 'off', '0'].includes(value.toLowerCase()))
      context.addIssue(`${JSON.stringify(value)} is not true or false`);
    return false;
  });
}

/** Text of one line. */
export function line(max = 4096) {
  return z.union([z.string(), z.number().transform(String)]).pipe(
    z
      .string()
      .max(max)
      .refine((text) => printable(text) === text, 'has control characters'),
  );
}

/** A name of a site, sensor or tap: letters, digits, `.`, `_`, `-`, at most 64, so that it can stand in paths and lists. */
export function name() {
  return z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not a name: letters, digits, ".", "_", "-", at most 64');
}

/** A list; as text its items are separated by commas. */
export function list<Item extends z.ZodType>(item: Item, max = 1000) {
  return z
    .union([
      z.string().transform((text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      ),
      z.array(z.unknown()),
    ])
    .pipe(z.array(item).max(max));
}
