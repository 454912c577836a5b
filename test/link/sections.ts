import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import type { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { kinds, LG_K } from '../../core/summary/kinds.ts';
import type { Section } from '../../core/summary/part.ts';
import { Split } from '../../core/summary/split.ts';
import { encodeSection } from '../../core/summary/section.ts';

/** Sections as a sensor ships them, of addresses 10.0.0.N. */
export function sourcesAndDestinations(
  hasher: KeyHasher,
  sources: readonly number[],
  destinations: readonly number[],
): Section[] {
  return [
    encodeSection(kinds.sources, [LG_K], new Split(new Distinct(false), count(hasher, sources))),
    encodeSection(kinds.destinations, [LG_K], new Split(new Distinct(false), count(hasher, destinations))),
  ];
}

function count(hasher: KeyHasher, hosts: readonly number[]): Distinct {
  const distinct = new Distinct(false);
  for (const host of hosts) {
    hasher.words[0] = 0;
    hasher.words[1] = 0;
    hasher.words[2] = 0xffff0000;
    hasher.words[3] = 10 + host * 2 ** 24;
    hasher.hash(16);
    distinct.addHash(hasher.h);
  }
  return distinct;
}
