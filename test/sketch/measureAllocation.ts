/**
 * Adds a million items to each keyed sketch and prints the bytes that the heap grew by an item, as JSON. Run with
 * `--expose-gc`, and in a process of its own: a test runner allocates too.
 */
import { CountMin } from '../../core/sketch/countMin/countMin.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { FlowSample } from '../../core/sketch/sample/flowSample.ts';

const hasher = new KeyHasher();
const countMin = new CountMin();
const sample = new FlowSample();
const octets = new Float64Array(1);

const works: Readonly<Record<string, (i: number) => void>> = {
  countMin(i) {
    // Above 2^31: no small integer.
    octets[0] = 3e9 + i;
    countMin.addFrom(hasher.h, octets, 0);
  },
  flowSample(i) {
    octets[0] = 60 + ((i * 7919) % 100_000);
    sample.addFrom(hasher.h[1]!, hasher.h[0]!, octets, 0);
  },
};

function run(add: (i: number) => void, items: number): void {
  countMin.reset();
  sample.reset();
  for (let i = 0; i < items; i++) {
    hasher.words[0] = i;
    hasher.hash(8);
    add(i);
  }
}

const grown: Record<string, number> = {};
for (const [name, add] of Object.entries(works)) {
  for (let round = 0; round < 20; round++) run(add, 50_000);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  run(add, 1_000_000);
  grown[name] = (process.memoryUsage().heapUsed - before) / 1_000_000;
}
process.stdout.write(JSON.stringify(grown));
