import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyHasher } from '../hash/keyHasher.ts';
import { Refusal } from '../refusal.ts';
import { CountMin, SEED_BYTES } from './countMin.ts';
import { decodeCountMin, encodeCountMin } from './countMinCodec.ts';
import { codeOf, MANTISSA_LOSS, MAX_SHIFT, roundUp, shiftFor, valueOf } from './octetFloat.ts';

const hasher = new KeyHasher();
hasher.bytes.set(
  Uint8Array.from({ length: SEED_BYTES }, (_, i) => 7 * i),
  0,
);

function hash(key: number): Int32Array {
  hasher.words[SEED_BYTES / 4] = key;
  hasher.hash(SEED_BYTES + 4);
  return hasher.h;
}

type Event = readonly [key: number, octets: number];

function counted(events: readonly Event[], rows = 4, columns = 64): CountMin {
  const sketch = new CountMin(rows, columns);
  for (const [key, octets] of events) sketch.addHash(hash(key), octets);
  return sketch;
}

function decoded(bytes: Uint8Array, rows = 4, columns = 64): CountMin {
  const sketch = decodeCountMin(bytes, rows, columns);
  if (sketch instanceof Refusal) throw new Error(sketch.toString());
  return sketch;
}

/** Octets by key as of a busy site: `keys` of them, Zipf 1.0. */
function zipf(keys: number, total: number): Event[] {
  let harmonic = 0;
  for (let key = 1; key <= keys; key++) harmonic += 1 / key;
  return Array.from({ length: keys }, (_, i) => [i, Math.ceil(total / harmonic / (i + 1))] as const);
}

const events = fc.array(
  fc.tuple(
    fc.nat(300),
    fc.maxSafeNat().map((n) => Math.floor(n / 1e6)),
  ),
  {
    maxLength: 100,
    size: 'max',
  },
);

test('the bytes of a float: all 256 are in order, have their own code again, and nothing lies between', () => {
  for (const shift of [0, 1, 9, 30]) {
    const values = Array.from({ length: 256 }, (_, code) => valueOf(code, shift));
    for (const [code, value] of values.entries()) {
      expect(codeOf(value, shift)).toBe(code);
      expect(roundUp(value, shift)).toBe(value);
      if (code === 0) continue;
      const below = values[code - 1]!;
      expect(below).toBeLessThan(value);
      expect(roundUp(below + 1, shift)).toBe(value);
      expect(value - below - 1 < value * MANTISSA_LOSS || value - below <= 2 ** shift).toBe(true);
    }
    expect(codeOf(valueOf(255, shift) + 2 ** shift, shift)).toBe(-1);
    expect(shiftFor(valueOf(255, shift) + 1)).toBe(shift + 1);
    expect(shiftFor(valueOf(255, shift))).toBe(shift);
  }
  expect(shiftFor(Number.MAX_SAFE_INTEGER)).toBeLessThanOrEqual(MAX_SHIFT);
});

test('the laws, and through bytes', () => {
  fc.assert(
    fc.property(events, events, events, fc.boolean(), (a, b, c, rounded) => {
      const [x, y, z] = [a, b, c].map((stream) => {
        const sketch = counted(stream);
        if (rounded) sketch.quantize();
        return sketch;
      }) as [CountMin, CountMin, CountMin];
      const sum = (...parts: readonly CountMin[]): CountMin => {
        const into = new CountMin(4, 64);
        for (const part of parts) into.merge(part);
        return into;
      };
      const bytes = encodeCountMin(sum(x, y, z));
      expect(encodeCountMin(sum(z, y, x))).toEqual(bytes);
      expect(encodeCountMin(sum(x, sum(y, z)))).toEqual(bytes);
      expect(encodeCountMin(decoded(bytes))).toEqual(bytes);
      expect(decoded(bytes)).toEqual(sum(x, y, z));
      expect(sum(x)).toEqual(x);
      if (!rounded) expect(sum(x, y, z)).toEqual(counted([...a, ...b, ...c]));
      const one = sum(x, y).copy();
      one.reset();
      expect(one).toEqual(new CountMin(4, 64));
    }),
  );
});

test('never below the truth, rounded any number of times and merged; rounding costs at most what is said', () => {
  fc.assert(
    fc.property(events, events, (a, b) => {
      const sketch = counted(a);
      const exact = counted([...a, ...b]);
      sketch.quantize();
      const other = counted(b);
      other.quantize();
      sketch.merge(other);
      sketch.quantize();
      sketch.quantize();
      expect(sketch.total).toBe(exact.total);
      const kept = (1 - MANTISSA_LOSS) ** sketch.rounds;
      for (let i = 0; i < exact.counters.length; i++) {
        const [rounded, truth] = [sketch.counters[i]!, exact.counters[i]!];
        expect(rounded).toBeGreaterThanOrEqual(truth);
        expect(Math.floor(rounded * kept - sketch.grain)).toBeLessThanOrEqual(truth);
      }
    }),
  );
});

test('a busy minute: bounds hold as often as said, the middle is not biased, and it fits 8.3 KB', () => {
  const stream = zipf(22_000, 7.5e9);
  const sketch = counted(stream, 4, 2048);
  expect(sketch.total).toBe(stream.reduce((sum, [, octets]) => sum + octets, 0));
  for (const rounded of [false, true]) {
    if (rounded) sketch.quantize();
    const estimate = sketch.estimator();
    let [below, above] = [0, 0];
    for (const [key, octets] of stream) {
      const point = estimate(hash(key));
      expect(point.upper).toBeGreaterThanOrEqual(octets);
      expect(point.estimate).toBeGreaterThanOrEqual(point.lower);
      expect(point.estimate).toBeLessThanOrEqual(point.upper);
      if (octets < point.lower) below++;
      if (octets > point.estimate) above++;
    }
    expect(below / stream.length).toBeLessThan(0.03);
    expect(above / stream.length).toBeGreaterThan(0.3);
    expect(above / stream.length).toBeLessThan(0.6);
    const heavy = estimate(hash(0));
    expect(heavy.lower).toBeGreaterThan(stream[0]![1] * 0.9);
    expect(heavy.upper).toBeLessThan(stream[0]![1] * 1.1);
  }
  const bytes = encodeCountMin(sketch);
  expect(bytes.length).toBeLessThan(8192 + 16);
  expect(deflateRawSync(bytes).length).toBeLessThan(8192 + 32);
  expect(decoded(bytes, 4, 2048)).toEqual(sketch);
});

test('empty, one key, and the end of the numbers', () => {
  const sketch = new CountMin(4, 64);
  expect(encodeCountMin(sketch)).toEqual(Uint8Array.of(0));
  expect(sketch.estimate(hash(1))).toEqual({ estimate: 0, lower: 0, upper: 0 });
  sketch.addFrom(hash(1), Float64Array.of(0, 5e9), 1);
  expect(sketch.estimate(hash(1))).toEqual({ estimate: 5e9, lower: 5e9, upper: 5e9 });
  sketch.addHash(hash(1), Number.MAX_SAFE_INTEGER - 5e9);
  sketch.merge(sketch.copy());
  expect(sketch.upper(hash(1))).toBe(Number.MAX_SAFE_INTEGER);
  sketch.quantize();
  expect(decoded(encodeCountMin(sketch))).toEqual(sketch);
  expect(() => new CountMin(4, 100)).toThrow(RangeError);
  expect(() => sketch.merge(new CountMin(4, 128))).toThrow(RangeError);
});

test('bytes, mutated: refused by value, or the same bytes again', () => {
  const plain = counted(zipf(500, 1e9));
  const rounded = plain.copy();
  rounded.quantize();
  const seeds = [plain, rounded, new CountMin(4, 64)].map((sketch) => encodeCountMin(sketch));
  let state = 5;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    const seed = seeds[next(seeds.length)]!;
    const bytes = next(4) === 0 ? seed.slice(0, next(seed.length + 1)) : seed.slice();
    for (let n = next(3); n > 0 && bytes.length > 0; n--) {
      bytes[next(Math.min(bytes.length, next(2) ? 16 : 1000))] = next(256);
    }
    const sketch = decodeCountMin(bytes, 4, 64);
    if (sketch instanceof Refusal) refused++;
    else expect(encodeCountMin(sketch)).toEqual(bytes);
  }
  expect(refused).toBeGreaterThan(5000);
  expect(decodeCountMin(seeds[1]!, 4, 128)).toBeInstanceOf(Refusal);
});
