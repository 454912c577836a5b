/**
 * Holes in the data of one end of a TCP connection, by sequence numbers alone: nothing is buffered.
 *
 * As long as an end's data come in order, its edge (where contiguous data stop) follows from its highest sequence number
 * and nothing is kept. Once they differ, `EndBit.HOLE` is set and the cold words hold the edge and up to `COLD_RANGES`
 * ranges of data above it (`tcpRanges.ts` has more), in order and disjoint. All positions are absolute sequence numbers, compared modulo 2^32.
 */
import { ColdWord } from './tcpState.ts';

/** Signed distance from `b` to `a` on the circle of sequence numbers (RFC 9293, 3.4). */
export function sequenceDelta(a: number, b: number): number {
  return (a - b) | 0;
}

/**
 * Puts the data [low, high) above the edge into the ranges at cold word `at`, of which there is room for `capacity`;
 * moves the edge on when they touch it.
 */
export function insertRange(cold: Uint32Array, at: number, low: number, high: number, capacity: number): void {
  const edge = cold[at + ColdWord.EDGE]! | 0;
  if (sequenceDelta(high, edge) <= 0) return;
  if (sequenceDelta(low, edge) <= 0) {
    cold[at + ColdWord.EDGE] = high;
    absorbRanges(cold, at);
    return;
  }
  let from = low;
  let to = high;
  let count = cold[at + ColdWord.RANGES]!;
  let i = 0;
  while (i < count && sequenceDelta(cold[at + ColdWord.RANGE + 2 * i + 1]! | 0, from) < 0) i++;
  let j = i;
  while (j < count && sequenceDelta(cold[at + ColdWord.RANGE + 2 * j]! | 0, to) <= 0) {
    const l = cold[at + ColdWord.RANGE + 2 * j]! | 0;
    const h = cold[at + ColdWord.RANGE + 2 * j + 1]! | 0;
    if (sequenceDelta(l, from) < 0) from = l;
    if (sequenceDelta(h, to) > 0) to = h;
    j++;
  }
  if (j === i && count === capacity) {
    // No room: the new range joins a neighbour, as if the bytes between had come.
    if (i === count) {
      cold[at + ColdWord.RANGE + 2 * i - 1] = to;
      return;
    }
    cold[at + ColdWord.RANGE + 2 * i] = from;
    return;
  }
  if (j === i) {
    for (let k = count; k > i; k--) copyRange(cold, at, k - 1, k);
    count++;
  } else if (j > i + 1) {
    for (let k = j; k < count; k++) copyRange(cold, at, k, k - (j - i - 1));
    count -= j - i - 1;
  }
  cold[at + ColdWord.RANGE + 2 * i] = from;
  cold[at + ColdWord.RANGE + 2 * i + 1] = to;
  cold[at + ColdWord.RANGES] = count;
}

/** Moves the edge over ranges that it has reached and takes them out. */
export function absorbRanges(cold: Uint32Array, at: number): void {
  while (cold[at + ColdWord.RANGES]! > 0) {
    const edge = cold[at + ColdWord.EDGE]! | 0;
    if (sequenceDelta(cold[at + ColdWord.RANGE]! | 0, edge) > 0) return;
    const high = cold[at + ColdWord.RANGE + 1]! | 0;
    if (sequenceDelta(high, edge) > 0) cold[at + ColdWord.EDGE] = high;
    const count = cold[at + ColdWord.RANGES]! - 1;
    for (let k = 0; k < count; k++) copyRange(cold, at, k + 1, k);
    cold[at + ColdWord.RANGES] = count;
  }
}

/** The end of the highest data that came: the last range's, or the edge. */
export function highestData(cold: Uint32Array, at: number): number {
  const count = cold[at + ColdWord.RANGES]!;
  return cold[count === 0 ? at + ColdWord.EDGE : at + ColdWord.RANGE + 2 * count - 1]! | 0;
}

function copyRange(cold: Uint32Array, at: number, from: number, to: number): void {
  cold[at + ColdWord.RANGE + 2 * to] = cold[at + ColdWord.RANGE + 2 * from]!;
  cold[at + ColdWord.RANGE + 2 * to + 1] = cold[at + ColdWord.RANGE + 2 * from + 1]!;
}
