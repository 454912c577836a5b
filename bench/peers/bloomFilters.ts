import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { Hll } from '../../core/sketch/hll/hll.ts';
import type { Work } from '../blockTimer.ts';
import { installed } from './installed.ts';

/** What is used of the package. */
interface BloomFilters {
  BloomFilter: { create(items: number, errorRate: number): { add(key: string): void; has(key: string): boolean } };
  HyperLogLog: new (registers: number) => { update(key: string): void; count(): number };
}

const keys = 5000;

/** Work of the package and the same of ours, to be timed by blocks; undefined when it is not installed. */
export function bloomFilterWork(): Work[] | undefined {
  const theirs = installed('bloom-filters') as BloomFilters | undefined;
  if (theirs === undefined) return undefined;
  const addresses = Array.from({ length: keys }, (_, i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`);
  const filter = theirs.BloomFilter.create(keys, 0.01);
  const sketch = new theirs.HyperLogLog(4096);
  const ours = new Hll(12);
  const hasher = new KeyHasher();
  const each = (name: string, run: (key: string) => void): Work => ({
    name,
    items: keys,
    run: () => {
      for (const address of addresses) run(address);
    },
  });
  return [
    each('bloom-filters: BloomFilter.add', (key) => filter.add(key)),
    each('bloom-filters: BloomFilter.has', (key) => void filter.has(key)),
    each('bloom-filters: HyperLogLog.update', (key) => sketch.update(key)),
    { name: 'ours: Hll, hash of a 16-byte address included', items: keys, run: () => addAll(ours, hasher, keys) },
  ];
}

/** Adds `count` different 16-byte keys. */
function addAll(sketch: Hll, hasher: KeyHasher, count: number): void {
  const { words, h } = hasher;
  for (let i = 0; i < count; i++) {
    words[3] = 10 + i * 256;
    hasher.hash(16);
    sketch.addHash(h[0]!, h[2]!, h[3]!);
  }
}

/** Estimates of both for the same number of different items. */
export function estimates(): { items: number; theirs: number; ours: number }[] | undefined {
  const theirs = installed('bloom-filters') as BloomFilters | undefined;
  if (theirs === undefined) return undefined;
  return [10, 100, 1000, 10_000].map((items) => {
    const sketch = new theirs.HyperLogLog(4096);
    for (let i = 0; i < items; i++) sketch.update(`item ${i}`);
    const ours = new Hll(12);
    addAll(ours, new KeyHasher(), items);
    return { items, theirs: sketch.count(), ours: ours.estimate() };
  });
}
