import { deflateRawSync } from 'node:zlib';
import { CountMin } from '../core/sketch/countMin/countMin.ts';
import { encodeCountMin } from '../core/sketch/countMin/countMinCodec.ts';
import { Distinct } from '../core/sketch/distinct/distinct.ts';
import { FrequentItems } from '../core/sketch/frequent/frequentItems.ts';
import { KeyHasher } from '../core/sketch/hash/keyHasher.ts';
import { Hll } from '../core/sketch/hll/hll.ts';
import { encodeHll } from '../core/sketch/hll/hllCodec.ts';
import { Kll } from '../core/sketch/kll/kll.ts';
import { encodeKll } from '../core/sketch/kll/kllCodec.ts';
import { KllFeed } from '../core/sketch/kll/kllFeed.ts';
import { FlowSample } from '../core/sketch/sample/flowSample.ts';
import { encodeFlowSample } from '../core/sketch/sample/flowSampleCodec.ts';
import { encodeTop } from '../core/sketch/top/topCodec.ts';
import { TopList } from '../core/sketch/top/topList.ts';
import { timeBlocks, type Work } from './blockTimer.ts';
import type { Measurement } from './measurement.ts';
import { tableText } from './tableText.ts';

/** Flows of a window on a busy site. */
const FLOWS = 40_000;
const HOSTS = 22_000;
const WIDTH = 5;

/** Keys, hashes and octets of a window: hosts by Zipf 1.0, sizes by Pareto 1.2; the same each time. */
class Window {
  /** Four words a flow, of its host. */
  readonly hashes: Int32Array = new Int32Array(4 * FLOWS);
  /** The words of the flow that was asked for. */
  readonly h: Int32Array = new Int32Array(4);
  readonly octets: Float64Array = new Float64Array(FLOWS);
  readonly keys: Uint32Array = new Uint32Array(FLOWS * WIDTH);

  constructor() {
    const hasher = new KeyHasher();
    let state = 1;
    const next = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    for (let i = 0; i < FLOWS; i++) {
      // Inverse of the harmonic sum, near enough: rank = HOSTS ^ u.
      const host = Math.floor(HOSTS ** next());
      this.keys.set([0, 0, 0xffff0000, Math.imul(host, 0x9e3779b1) >>> 0, 0], i * WIDTH);
      hasher.words.set(this.keys.subarray(i * WIDTH, (i + 1) * WIDTH));
      hasher.hash(4 * WIDTH);
      this.hashes.set(hasher.h, 4 * i);
      this.octets[i] = Math.ceil(60 * next() ** (-1 / 1.2));
    }
  }

  /** The hash of flow `i`'s host, in one array. */
  hash(i: number): Int32Array {
    const { h, hashes } = this;
    for (let word = 0; word < 4; word++) h[word] = hashes[4 * i + word]!;
    return h;
  }

  /** Adds flow `i` to a sample: a hash of its own for each. */
  sample(i: number, sample: FlowSample): void {
    sample.addFrom(
      this.hashes[4 * i + 1]! ^ Math.imul(i, 0x9e3779b1),
      this.hashes[4 * i]! ^ Math.imul(i, 0x85ebca6b),
      this.octets,
      i,
    );
  }

  count(i: number, hll: Hll): void {
    hll.addHash(this.hashes[4 * i]!, this.hashes[4 * i + 2]!, this.hashes[4 * i + 3]!);
  }
}

function works(window: Window): Work[] {
  const { octets, keys } = window;
  const work = (name: string, each: (i: number) => void, before: () => void = () => undefined): Work => ({
    name,
    items: FLOWS,
    run(): void {
      before();
      for (let i = 0; i < FLOWS; i++) each(i);
    },
  });
  const hasher = new KeyHasher();
  const hll = new Hll();
  const distinct = new Distinct(false);
  const countMin = new CountMin();
  const sample = new FlowSample();
  const kll = new Kll();
  const feed = new KllFeed(new Kll());
  const top = new TopList(WIDTH, 256, 'octets');
  const frequent = new FrequentItems('long', 9);
  return [
    work('hash of 16 bytes', () => hasher.hash(16)),
    work('hash of seed and 20 bytes', () => hasher.hash(36)),
    work('hash of seed, flow and window (69)', () => hasher.hash(69)),
    work(
      'HLL lgK 12',
      (i) => window.count(i, hll),
      () => hll.reset(),
    ),
    work(
      'distinct, no set',
      (i) => distinct.addHash(window.hash(i)),
      () => distinct.reset(),
    ),
    work(
      'count-min 4 x 2048',
      (i) => countMin.addFrom(window.hash(i), octets, i),
      () => countMin.reset(),
    ),
    work(
      'flow sample k 256',
      (i) => window.sample(i, sample),
      () => sample.reset(),
    ),
    work(
      'top list 256 (20-byte keys)',
      (i) => top.add(keys, i * WIDTH, 1, octets[i]!),
      () => top.reset(),
    ),
    work(
      'KLL k 200',
      (i) => kll.updateFrom(octets, i),
      () => kll.reset(1),
    ),
    work(
      'KLL k 200, fed in batches',
      (i) => feed.updateFrom(octets, i),
      () => feed.reset(1),
    ),
    work('frequent items 512 (exchange only)', (i) => frequent.update(BigInt(keys[i * WIDTH + 3]!))),
  ];
}

/** What merging and writing one costs, and how large it is then, plain and deflated. */
function atRest(window: Window): { name: string; bytes: number; deflated: number; encode: number; merge: number }[] {
  const { octets, keys } = window;
  const hll = new Hll();
  const countMin = new CountMin();
  const sample = new FlowSample();
  const kll = new Kll();
  const list = new TopList(WIDTH, 256, 'octets');
  for (let i = 0; i < FLOWS; i++) {
    window.count(i, hll);
    countMin.addFrom(window.hash(i), octets, i);
    window.sample(i, sample);
    kll.updateFrom(octets, i);
    list.add(keys, i * WIDTH, 1, octets[i]!);
  }
  const exact = countMin.copy();
  countMin.quantize();
  const rows = list.toRows(64);
  const cases: [string, () => Uint8Array, () => void][] = [
    ['HLL lgK 12', () => encodeHll(hll), () => hll.copy().merge(hll)],
    ['count-min 4 x 2048, rounded', () => encodeCountMin(countMin), () => countMin.copy().merge(exact)],
    ['count-min 4 x 2048, exact', () => encodeCountMin(exact), () => exact.copy().merge(exact)],
    ['flow sample k 256', () => encodeFlowSample(sample), () => sample.copy().dedup(sample)],
    ['KLL k 200', () => encodeKll(kll), () => kll.copy().merge(kll)],
    ['top list, 64 by each', () => encodeTop(rows), () => rows.copy().merge(rows)],
  ];
  return cases.map(([name, encode, merge]) => {
    const micros = (run: () => void): number =>
      timeBlocks({ name, items: 1, run }, { blocks: 3, blockMillis: 30, warmMillis: 40 }).nanos.median / 1000;
    const bytes = encode();
    return {
      name,
      bytes: bytes.length,
      deflated: deflateRawSync(bytes).length,
      encode: micros(() => void encode()),
      merge: micros(merge),
    };
  });
}

export const sketchesBench: Measurement = {
  name: 'sketches',
  text: `CPU in ns an update of each sketch, over ${FLOWS} flows of ${HOSTS} hosts; size and microseconds of one at rest`,
  async run(bench) {
    const window = new Window();
    const updates = works(window).map((work) => timeBlocks(work, { blocks: 7, blockMillis: 60, warmMillis: 200 }));
    const rows = updates.map(({ name, nanos }) => [
      name,
      ...[nanos.min, nanos.median, nanos.max].map((n) => n.toFixed(1)),
    ]);
    bench.say(tableText(['update', 'least ns', 'median', 'greatest'], rows));
    const rest = atRest(window);
    bench.say(
      tableText(
        ['at rest', 'bytes', 'deflated', 'encode us', 'copy and merge us'],
        rest.map(({ name, bytes, deflated, encode, merge }) => [
          name,
          String(bytes),
          String(deflated),
          encode.toFixed(0),
          merge.toFixed(0),
        ]),
      ),
    );
    return { updates, atRest: rest };
  },
};
