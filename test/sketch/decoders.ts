import { CountMin } from '../../core/sketch/countMin/countMin.ts';
import { decodeCountMin, encodeCountMin } from '../../core/sketch/countMin/countMinCodec.ts';
import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { decodeDistinct, encodeDistinct } from '../../core/sketch/distinct/distinctCodec.ts';
import { decodeAny } from '../../core/sketch/exchange/anySketch.ts';
import { decodeFrequent, encodeFrequent } from '../../core/sketch/frequent/frequentCodec.ts';
import { FrequentItems } from '../../core/sketch/frequent/frequentItems.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { Hll } from '../../core/sketch/hll/hll.ts';
import { decodeHll, encodeHll } from '../../core/sketch/hll/hllCodec.ts';
import { Kll } from '../../core/sketch/kll/kll.ts';
import { decodeKll, encodeKll } from '../../core/sketch/kll/kllCodec.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { FlowSample } from '../../core/sketch/sample/flowSample.ts';
import { decodeFlowSample, encodeFlowSample } from '../../core/sketch/sample/flowSampleCodec.ts';
import { decodeTop, encodeTop } from '../../core/sketch/top/topCodec.ts';
import { TopList } from '../../core/sketch/top/topList.ts';

const hasher = new KeyHasher();

/** The hash of a number as `update(long)` of DataSketches has it. In one array, overwritten by the next. */
export function hashOf(value: number): Int32Array {
  hasher.words[0] = value % 2 ** 32;
  hasher.words[1] = Math.floor(value / 2 ** 32);
  hasher.hash(8);
  return hasher.h;
}

export function hllOf(from: number, to: number, lgK: number = 12): Hll {
  const hll = new Hll(lgK);
  for (let i = from; i < to; i++) {
    const h = hashOf(i);
    hll.addHash(h[0]!, h[2]!, h[3]!);
  }
  return hll;
}

/** A stream of numbers below a bound, the same each time. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return Math.floor((((z ^ (z >>> 16)) >>> 0) / 2 ** 32) * below);
  };
}

/** A codec to try: bytes of good sketches, and what reads and writes them. */
export interface Decoder {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** The bytes again, as written from what was read; undefined where it was refused. */
  again(this: void, bytes: Uint8Array): Uint8Array | undefined;
}

function decoder<T extends object>(
  name: string,
  values: readonly T[],
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T | Refusal,
): Decoder {
  return {
    name,
    seeds: values.map((value) => encode(value)),
    again(bytes) {
      const value = decode(bytes);
      return value instanceof Refusal ? undefined : encode(value);
    },
  };
}

/** Every codec of `core/sketch`. */
export function decoders(): Decoder[] {
  const kll = (n: number): Kll => {
    const sketch = new Kll();
    for (let i = 0; i < n; i++) sketch.update((i * 7919) % 10_007);
    return sketch;
  };
  const frequent = (kind: 'long' | 'string', n: number): FrequentItems => {
    const sketch = new FrequentItems(kind, 6);
    for (let i = 0; i < n; i++) sketch.update(kind === 'long' ? BigInt(i % 90) : `host-${i % 90}`, 1 + (i % 13));
    return sketch;
  };
  const countMin = (n: number, rounded: boolean): CountMin => {
    const sketch = new CountMin(4, 64);
    for (let i = 0; i < n; i++) sketch.addHash(hashOf(i), 1 + i * 997);
    if (rounded) sketch.quantize();
    return sketch;
  };
  const sample = (n: number): FlowSample => {
    const value = new FlowSample(32);
    for (let i = 0; i < n; i++) value.add(hashOf(i)[1]!, hashOf(i)[0]!, 1 + ((i * i) % 4099));
    return value;
  };
  const distinct = (n: number, exact: boolean): Distinct => {
    const value = new Distinct(exact);
    for (let i = 0; i < n; i++) value.addHash(hashOf(i));
    return value;
  };
  const top = (n: number): TopList => {
    const list = new TopList(5, 32, 'octets');
    for (let i = 0; i < n; i++) list.add(Uint32Array.of(0, 0, 0xffff, i % 200, 0), 0, 1, 1 + (i % 1500));
    return list;
  };
  const hlls = [0, 1, 5, 60, 384, 2000].map((n) => hllOf(0, n));
  return [
    decoder('hll', [...hlls, hllOf(0, 300, 7), hllOf(0, 90, 10)], encodeHll, decodeHll),
    decoder('kll of doubles', [0, 1, 5, 300, 20_000].map(kll), encodeKll, decodeKll),
    decoder(
      'kll of floats',
      [0, 1, 5, 300, 20_000].map(kll),
      (value) => encodeKll(value, 'float'),
      (bytes) => decodeKll(bytes, 'float'),
    ),
    ...(['long', 'string'] as const).map((kind) =>
      decoder(
        `frequent ${kind}s`,
        [0, 1, 10, 500].map((n) => frequent(kind, n)),
        encodeFrequent,
        (bytes) => decodeFrequent(bytes, kind),
      ),
    ),
    decoder(
      'count-min',
      [countMin(0, false), countMin(1, true), countMin(300, false), countMin(300, true)],
      encodeCountMin,
      (bytes) => decodeCountMin(bytes, 4, 64),
    ),
    decoder('flow sample', [0, 1, 32, 500].map(sample), encodeFlowSample, (bytes) => decodeFlowSample(bytes, 32)),
    decoder(
      'distinct',
      [distinct(0, true), distinct(20, true), distinct(20, false), distinct(4100, true)],
      encodeDistinct,
      (bytes) => decodeDistinct(bytes, 12),
    ),
    decoder(
      'top list',
      [0, 1, 20, 400].map((n) => top(n).toRows()),
      encodeTop,
      (bytes) => decodeTop(bytes, 5, 32),
    ),
    {
      name: 'any of DataSketches',
      seeds: [encodeHll(hllOf(0, 60)), encodeKll(kll(300)), encodeFrequent(frequent('string', 10))],
      again: (bytes) => (decodeAny(bytes) instanceof Refusal ? undefined : bytes),
    },
  ];
}
