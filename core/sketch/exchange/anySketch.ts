/**
 * Sketches in the forms of Apache DataSketches, whichever they are: what files hold that other tools wrote or read. The
 * family stands in the third byte. KLL and frequent items do not say of what they are: all that fit are tried, or the one
 * that is asked for.
 */
import { decodeFrequent, encodeFrequent } from '../frequent/frequentCodec.ts';
import { FrequentItems } from '../frequent/frequentItems.ts';
import { downsample } from '../hll/downsample.ts';
import { Hll } from '../hll/hll.ts';
import { decodeHll, encodeHll } from '../hll/hllCodec.ts';
import type { Kll } from '../kll/kll.ts';
import { decodeKll, encodeKll } from '../kll/kllCodec.ts';
import { Refusal } from '../refusal.ts';

export type AnySketch =
  | { readonly family: 'hll'; readonly items: 'hashes'; readonly sketch: Hll }
  | { readonly family: 'kll'; readonly items: 'double' | 'float'; readonly sketch: Kll }
  | { readonly family: 'frequent'; readonly items: 'long' | 'string'; readonly sketch: FrequentItems };

export const itemKinds = ['double', 'float', 'long', 'string'] as const;
export type ItemName = (typeof itemKinds)[number];

const HLL = 7;
const FREQUENT = 10;
const KLL = 15;

/** Reads a sketch. `items`: of what KLL or frequent items are, where it is known. */
export function decodeAny(bytes: Uint8Array, items?: ItemName): AnySketch | Refusal {
  const family = bytes[2];
  if (family === undefined) return new Refusal('sketch', 'shorter than a preamble');
  if (family === HLL) {
    const sketch = decodeHll(bytes);
    return sketch instanceof Refusal ? sketch : { family: 'hll', items: 'hashes', sketch };
  }
  if (family === KLL) return decodeAnyKll(bytes, items);
  if (family === FREQUENT) return decodeAnyFrequent(bytes, items);
  return new Refusal('sketch', `family ${family} is not HLL (7), frequent items (10) or KLL (15)`);
}

function decodeAnyKll(bytes: Uint8Array, items: ItemName | undefined): AnySketch | Refusal {
  if (items === 'long' || items === 'string') return new Refusal('kll', `a sketch of numbers, not of ${items}s`);
  // The two differ in length wherever there are items, so that at most one fits.
  let refusal = new Refusal('kll', 'damaged');
  for (const item of ['float', 'double'] as const) {
    if (items !== undefined && items !== item) continue;
    const sketch = decodeKll(bytes, item);
    if (!(sketch instanceof Refusal)) return { family: 'kll', items: item, sketch };
    refusal = sketch;
  }
  return refusal;
}

function decodeAnyFrequent(bytes: Uint8Array, items: ItemName | undefined): AnySketch | Refusal {
  if (items === 'double' || items === 'float') return new Refusal('frequent', `not of ${items}s`);
  const longs = decodeFrequent(bytes, 'long');
  const strings = decodeFrequent(bytes, 'string');
  const asLongs = longs instanceof Refusal || items === 'string' ? undefined : longs;
  const asStrings = strings instanceof Refusal || items === 'long' ? undefined : strings;
  // Both fit where strings have four bytes each; integers would be strings with zeros in them.
  if (asStrings !== undefined && (asLongs === undefined || !(asStrings.count === 0 || hasZero(asStrings)))) {
    return { family: 'frequent', items: 'string', sketch: asStrings };
  }
  if (asLongs !== undefined) return { family: 'frequent', items: 'long', sketch: asLongs };
  const refusal = items === 'string' ? strings : longs;
  return refusal instanceof Refusal ? refusal : new Refusal('frequent', `not of ${items ?? 'items'}s`);
}

function hasZero(sketch: FrequentItems): boolean {
  return sketch.pack().items.some((item) => typeof item === 'string' && item.includes('\0'));
}

export function encodeAny({ family, items, sketch }: AnySketch): Uint8Array {
  if (family === 'hll') return encodeHll(sketch);
  return family === 'kll' ? encodeKll(sketch, items) : encodeFrequent(sketch);
}

/**
 * All of them as one, of the first one's kind; refused where they are not of one family and one kind of items. HLL
 * sketches of different lgK: as DataSketches' union for the least lgK of those that are not empty.
 */
export function uniteAll(all: readonly [AnySketch, ...AnySketch[]]): AnySketch | Refusal {
  const [first] = all;
  for (const { family, items } of all) {
    if (family !== first.family) return new Refusal('sketch', `${family} and ${first.family} are not of one family`);
    if (items !== first.items) return new Refusal(family, `one is of ${first.items}s, another of ${items}s`);
  }
  if (first.family === 'hll') return { ...first, sketch: uniteHll(all.map(({ sketch }) => sketch as Hll)) };
  if (first.family === 'kll') {
    const sketch = first.sketch.copy();
    for (const other of all.slice(1)) sketch.merge(other.sketch as Kll);
    return { ...first, sketch };
  }
  const sketch = new FrequentItems(first.items, Math.max(...all.map((one) => (one.sketch as FrequentItems).lgMax)));
  for (const other of all) sketch.merge(other.sketch as FrequentItems);
  return { ...first, sketch };
}

function uniteHll(all: readonly Hll[]): Hll {
  const full = all.filter((sketch) => !sketch.isEmpty);
  const lgK = Math.min(...(full.length > 0 ? full : all).map((sketch) => sketch.lgK));
  const union = new Hll(lgK);
  for (const sketch of full) union.merge(downsample(sketch, lgK));
  return union;
}
