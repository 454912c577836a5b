import { levelCapacity, totalCapacity } from './capacity.ts';

/** Two sorted arrays as one. */
export function mergeSorted(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const merged = new Float64Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let n = 0; n < merged.length; n++) {
    const fromA = j === b.length || (i < a.length && a[i]! <= b[j]!);
    merged[n] = fromA ? a[i++]! : b[j++]!;
  }
  return merged;
}

/** Every other one of an even number of sorted items: those at even places, or with `coin` 1 at odd ones. */
export function halved(sorted: Float64Array, coin: number): Float64Array<ArrayBuffer> {
  const half = new Float64Array(sorted.length >>> 1);
  for (let i = 0; i < half.length; i++) half[i] = sorted[2 * i + coin]!;
  return half;
}

/**
 * Levels (sorted from 1 on) that may hold more than they should, brought below the total capacity for their number:
 * from the lowest up, a level that is full goes by halves to the one above; one more level is made where needed.
 */
export function compressed(
  k: number,
  levels: readonly Float64Array[],
  coin: (level: number) => number,
): Float64Array[] {
  const out = levels.slice();
  let items = out.reduce((sum, level) => sum + level.length, 0);
  for (let level = 0; level < out.length; level++) {
    const full = out[level]!;
    if (items < totalCapacity(k, out.length) || full.length < levelCapacity(k, out.length, level)) continue;
    const odd = full.length & 1;
    const even = full.slice(odd);
    if (level === 0) even.sort();
    out[level] = full.slice(0, odd);
    out[level + 1] = mergeSorted(halved(even, coin(level)), out[level + 1] ?? new Float64Array(0));
    items -= even.length >>> 1;
  }
  return out;
}

/**
 * Merges sorted `more[0 .. count)` into sorted `items[from .. end)`; the result begins at `to`, `count` places lower. In
 * place: what is written never overtakes what is read.
 */
export function mergeDown(
  items: Float64Array,
  to: number,
  from: number,
  end: number,
  more: Float64Array,
  count: number,
): void {
  let write = to;
  let read = from;
  for (let i = 0; i < count; write++) {
    if (read < end && items[read]! < more[i]!) items[write] = items[read++]!;
    else items[write] = more[i++]!;
  }
}

/** Gaps of a Shell sort (Ciura), for at most some hundreds of items. */
const gaps = Uint16Array.of(132, 57, 23, 10, 4, 1);

/** Sorts `items[from .. to)` in place, without a view or a call that allocates. */
export function sortRange(items: Float64Array, from: number, to: number): void {
  for (let g = 0; g < gaps.length; g++) {
    const gap = gaps[g]!;
    for (let i = from + gap; i < to; i++) {
      const item = items[i]!;
      let at = i;
      for (; at >= from + gap && items[at - gap]! > item; at -= gap) items[at] = items[at - gap]!;
      items[at] = item;
    }
  }
}
