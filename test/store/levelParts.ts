import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { Kll } from '../../core/sketch/kll/kll.ts';
import { TopRows } from '../../core/sketch/top/topRows.ts';
import { Counters } from '../../core/summary/counters.ts';
import { kinds, LG_K } from '../../core/summary/kinds.ts';
import type { Section } from '../../core/summary/part.ts';
import { encodeSection } from '../../core/summary/section.ts';
import type { WindowRow } from '../../manager/store/summaryStore.ts';

/** A part whose sections tell of its packets in a way that can be added up: what an answer made of it has to hold. */
export interface ModelPart extends WindowRow {
  /** Number of its tap. */
  number: number;
  sections: Section[];
}

const hasher = new KeyHasher();

/** A distinct count of services, of a few items. */
export function distinctOf(items: readonly number[]): Distinct {
  const distinct = new Distinct(false);
  for (const item of items) {
    hasher.words[0] = item;
    hasher.hash(4);
    distinct.addHash(hasher.h);
  }
  return distinct;
}

/** A list of services: key -> octets, and as many packets. */
export function listOf(rows: ReadonlyMap<number, number>): TopRows {
  const sorted = [...rows].sort(([a], [b]) => a - b);
  const list = new TopRows(1, 1024, sorted.length);
  for (const [at, [key, octets]] of sorted.entries()) {
    list.keys[at] = key;
    list.octets[at] = octets;
    list.packets[at] = octets;
  }
  return list;
}

/** Key in the lists of windows, and another that only those of longer periods have: it was cut off in windows. */
export const windowKey = 1;
export const periodKey = 2;

/** Whether a part has the kinds of a minute. */
export function hasMinutes({ seconds, windowSeconds }: Pick<WindowRow, 'seconds' | 'windowSeconds'>): boolean {
  return seconds === 60 || (seconds > 60 && seconds === windowSeconds);
}

/** Sections of a part with so many packets: those that a part of that length has. */
export function modelSections(
  { seconds, windowSeconds, packets }: Pick<WindowRow, 'seconds' | 'windowSeconds' | 'packets'>,
  items: readonly number[],
): Section[] {
  const sections: Section[] = [];
  const rows = new Map([[windowKey, packets]]);
  if (seconds === windowSeconds) {
    const counters = new Counters();
    counters.add('packets', packets);
    sections.push(
      encodeSection(kinds.counters, [], counters),
      encodeSection(kinds.services, [LG_K], distinctOf(items)),
    );
  } else rows.set(periodKey, 1);
  sections.push(encodeSection(kinds.topServices, [1024], listOf(rows)));
  // A full spool makes long windows of windows and of the parts of their minutes.
  if (hasMinutes({ seconds, windowSeconds })) {
    const kll = new Kll(1);
    kll.update(packets);
    sections.push(encodeSection(kinds.sizes, [kll.k], kll));
  }
  return sections;
}
