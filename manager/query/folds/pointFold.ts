import { CountMin } from '../../../core/sketch/countMin/countMin.ts';
import { KeyHasher } from '../../../core/sketch/hash/keyHasher.ts';
import { Refusal } from '../../../core/sketch/refusal.ts';
import type { TopRows } from '../../../core/sketch/top/topRows.ts';
import { kinds } from '../../../core/summary/kinds.ts';
import { decodeSection } from '../../../core/summary/section.ts';
import { hashSeed } from '../../../core/summary/seed.ts';
import { MIXED_SCOPE } from '../../../core/summary/split.ts';
import type { Split } from '../../../core/summary/split.ts';
import type { Fold, LeftOut } from './fold.ts';

/** What one address did. Sections of the sketch are taken before those of the lists. */
export interface PointPlan {
  fold: 'point';
  /** The address' words as in the keys of lists, the realm's as the fifth. */
  key: readonly number[];
  /** The deployment's seed: sketches of another one can't be read. */
  seed: Uint8Array;
}

/** Of one cut of the answer: all of it, one tap, one range. */
export interface PointTold {
  told: 'list' | 'sketch' | 'none';
  octets: { estimate: number; lower: number; upper: number };
  packets: { estimate: number; lower: number; upper: number };
}

export interface PointResult extends LeftOut {
  all: PointTold;
  taps: Map<number, PointTold>;
  ranges: Map<number, PointTold>;
}

export const pointSections = { sketch: kinds.pointOctets.kind, lists: kinds.topHosts.kind };

export function createPointFold(plan: PointPlan): Fold<PointResult> {
  const hash = hashKey(plan);
  const seedHash = Buffer.from(hashSeed(plan.seed));
  const all = new PointCut();
  const taps = new Map<number, PointCut>();
  const ranges = new Map<number, PointCut>();
  const sketched = new Map<number, Span[]>();
  let leftOut = 0;
  return {
    take({ tap, range, start, seconds, section }) {
      const cuts = [all, cutOf(taps, tap), cutOf(ranges, range)];
      if (section.kind === pointSections.lists) {
        const list = decodeSection(kinds.topHosts, section);
        if (list instanceof Refusal) {
          leftOut += 1;
          return;
        }
        const found = lookUp(list, plan.key);
        const outside = !covers(sketched.get(tap) ?? [], start, start + seconds);
        for (const cut of cuts) cut.addList(found, outside);
        return;
      }
      const sketch = decodeSection(kinds.pointOctets, section);
      if (sketch instanceof Refusal || seedHash.compare(section.seedHash) !== 0 || !all.takes(sketch)) {
        leftOut += 1;
        return;
      }
      for (const cut of cuts) cut.addSketch(sketch, hash);
      const spans = sketched.get(tap);
      if (spans === undefined) sketched.set(tap, [[start, start + seconds]]);
      else addSpan(spans, start, start + seconds);
    },
    finish() {
      const tell = ([at, cut]: [number, PointCut]): [number, PointTold] => [at, cut.tell(hash)];
      return {
        all: all.tell(hash),
        taps: new Map([...taps].map(tell)),
        ranges: new Map([...ranges].map(tell)),
        leftOut,
      };
    },
  };
}

type Span = [from: number, to: number];

function addSpan(spans: Span[], from: number, to: number): void {
  const last = spans.at(-1);
  if (last !== undefined && from >= last[0] && from <= last[1]) last[1] = Math.max(last[1], to);
  else spans.push([from, to]);
}

function covers(spans: readonly Span[], from: number, to: number): boolean {
  return spans.some((span) => span[0] <= from && to <= span[1]);
}

function cutOf(cuts: Map<number, PointCut>, at: number): PointCut {
  let cut = cuts.get(at);
  if (cut === undefined) cuts.set(at, (cut = new PointCut()));
  return cut;
}

/** The keyed hash of an address: seed, 16 bytes of the address, 4 of its realm if it has one. */
function hashKey({ key, seed }: PointPlan): Int32Array {
  const hasher = new KeyHasher(undefined, 64);
  hasher.bytes.set(seed, 0);
  const view = new DataView(hasher.bytes.buffer, hasher.bytes.byteOffset);
  for (let i = 0; i < 4; i++) view.setUint32(16 + 4 * i, key[i] ?? 0, false);
  const realm = key[4] ?? 0;
  view.setUint32(32, realm, true);
  hasher.hash(realm === 0 ? 32 : 36);
  return hasher.h.slice();
}

interface Found {
  listed: boolean;
  octets: Interval;
  packets: Interval;
}
interface Interval {
  lower: number;
  upper: number;
}

/** What a list says of a key: what was counted and may have been missed, or no more than the floors. */
function lookUp({ local, remote, scope }: Split<TopRows>, key: readonly number[]): Found {
  const [a, b] = [lookUpSide(local, key), lookUpSide(remote, key)];
  // While a key is on one side only, and it was found there, the other side's floor says nothing of it.
  if (scope !== MIXED_SCOPE && a.listed !== b.listed) return a.listed ? a : b;
  const both = (x: Interval, y: Interval): Interval =>
    scope === MIXED_SCOPE || a.listed
      ? { lower: x.lower + y.lower, upper: x.upper + y.upper }
      : { lower: 0, upper: Math.max(x.upper, y.upper) };
  return {
    listed: a.listed || b.listed,
    octets: both(a.octets, b.octets),
    packets: both(a.packets, b.packets),
  };
}

function lookUpSide(rows: TopRows, key: readonly number[]): Found {
  const row = rowOf(rows, key);
  if (row < 0) {
    return {
      listed: false,
      octets: { lower: 0, upper: rows.floorOctets },
      packets: { lower: 0, upper: rows.floorPackets },
    };
  }
  const interval = (counted: number, missed: number): Interval => ({ lower: counted, upper: counted + missed });
  return {
    listed: true,
    octets: interval(rows.octets[row]!, rows.missedOctets[row]!),
    packets: interval(rows.packets[row]!, rows.missedPackets[row]!),
  };
}

/** The row of a key, by halving: rows are in the order of their keys. */
function rowOf(rows: TopRows, key: readonly number[]): number {
  let low = 0;
  let high = rows.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKey(rows, middle, key);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}

function compareKey(rows: TopRows, row: number, key: readonly number[]): number {
  for (let w = 0; w < rows.width; w++) {
    const difference = rows.keys[row * rows.width + w]! - (key[w] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What lists and sketches together say of the key in one cut of the answer. */
class PointCut {
  #listed = false;
  #lists = 0;
  readonly #octets: Interval = { lower: 0, upper: 0 };
  readonly #packets: Interval = { lower: 0, upper: 0 };
  /** What the lists of times that no sketch covers allow. */
  #outside = 0;
  #sketch: CountMin | undefined;
  /** The least counters of each sketch, added up: never above the least counter of their sum. */
  #upper = 0;

  takes({ rows, columns }: CountMin): boolean {
    return this.#sketch === undefined || (this.#sketch.rows === rows && this.#sketch.columns === columns);
  }

  addList(found: Found, outside: boolean): void {
    this.#lists += 1;
    this.#listed ||= found.listed;
    this.#octets.lower += found.octets.lower;
    this.#octets.upper += found.octets.upper;
    this.#packets.lower += found.packets.lower;
    this.#packets.upper += found.packets.upper;
    if (outside) this.#outside += found.octets.upper;
  }

  addSketch(sketch: CountMin, hash: Int32Array): void {
    this.#sketch ??= new CountMin(sketch.rows, sketch.columns);
    this.#sketch.merge(sketch);
    this.#upper += sketch.upper(hash);
  }

  /** The narrower of the two tells the estimate; both bound it. */
  tell(hash: Int32Array): PointTold {
    const packets = middle(this.#packets);
    const list = middle(this.#octets);
    const point = this.#sketch?.estimate(hash);
    if (point === undefined) return { told: this.#lists === 0 ? 'none' : 'list', octets: list, packets };
    const upper = this.#upper + this.#outside;
    const sketch = { estimate: point.estimate + Math.floor(this.#outside / 2), lower: point.lower, upper };
    if (this.#lists === 0) return { told: 'sketch', octets: within(sketch, sketch), packets };
    const byList = this.#listed && list.upper - list.lower <= upper - point.lower;
    const bounds = { lower: Math.max(list.lower, point.lower), upper: Math.min(list.upper, upper) };
    return { told: byList ? 'list' : 'sketch', octets: within(byList ? list : sketch, bounds), packets };
  }
}

function middle({ lower, upper }: Interval): PointTold['octets'] {
  return { estimate: lower + Math.floor((upper - lower) / 2), lower, upper };
}

/** An estimate inside its bounds. What always holds is the upper bound: a lower one above it gives way. */
function within({ estimate }: { estimate: number }, { lower, upper }: Interval): PointTold['octets'] {
  const least = Math.min(lower, upper);
  return { estimate: Math.max(least, Math.min(estimate, upper)), lower: least, upper };
}
