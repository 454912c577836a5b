import { kindOf } from '../../core/summary/kinds.ts';
import { decodeParameters, encodeParameters, readsVersion } from '../../core/summary/section.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { WireSection } from '../../proto/partCodec.ts';
import { levels } from './schema.ts';

/**
 * A cell is what one row of a level stands for: [ts, ts + seconds). Mostly it is as long as the level. A part that lies
 * across the level's bounds, or is longer than the level (a window that a full spool made, a list of a longer period),
 * keeps a cell of its own there and is carried on to the level that holds it.
 */
export interface Cell {
  readonly ts: number;
  readonly seconds: number;
}

/** Seconds of a level by its index in `levels`. */
export function levelSeconds(level: number): number {
  const { seconds } = levels[level] ?? {};
  if (seconds === undefined) throw new RangeError(`no level ${level}`);
  return seconds;
}

/** The cell of a level of `length` seconds that [ts, ts + seconds) belongs to. */
export function cellOf(length: number, ts: number, seconds: number): Cell {
  const start = Math.floor(ts / length) * length;
  return ts + seconds <= start + length ? { ts: start, seconds: length } : { ts, seconds };
}

/**
 * What a section of a raw part is to the levels. 0: it answers for its span. A number of seconds: a list of a period longer
 * than its windows, which says again what theirs say. Undefined: it has no place there (windows' kinds in a longer part).
 */
export function periodOf(kind: number, seconds: number, windowSeconds: number): number | undefined {
  if (seconds === windowSeconds) return 0;
  switch (kindOf(kind)?.cadence) {
    case 'minute':
      return 0;
    case 'lists':
      return seconds;
    default:
      return undefined;
  }
}

/** Identity parameters of a section: what it has in common with all that merge with it. Undefined where it can't be read. */
export function identityOf(section: WireSection): Uint8Array | undefined {
  const kind = kindOf(section.kind);
  if (kind === undefined || !readsVersion(kind, section.version)) return undefined;
  const parameters = decodeParameters(kind, section);
  if (parameters instanceof Refusal) return undefined;
  return encodeParameters(parameters.filter((_, at) => kind.parameters[at]?.role === 'identity'));
}
