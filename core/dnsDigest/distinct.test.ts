import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitReader, BitWriter } from './bits.ts';
import { Distinct, MOST_SPARSE, REGISTERS } from './distinct.ts';
import { readDistinct, writeDistinct } from './distinctCodec.ts';
import { ItemHash } from './itemHash.ts';
import { SketchArena, sketchOf as sketchIn } from './sketchArena.ts';

const hash = new ItemHash();

function add(sketch: Distinct, from: number, to: number): Distinct {
  for (let i = from; i < to; i++) {
    hash.name(`host-${i}.example.com`);
    sketch.add(hash.a, hash.b);
  }
  return sketch;
}

function plain(sketch: Distinct): unknown {
  return [...(sketch.cells ?? sketch.registers!)];
}

test.each([0, 1, 2, 20, 60, 165, 500, 768, 769, 1000, 2000, 8192, 20_000, 100_000, 1_000_000])(
  '%i items are counted within five standard deviations',
  (items) => {
    const { estimate } = add(new Distinct(), 0, items);
    const deviation = items < MOST_SPARSE ? 0.2 + 0.006 * items : 0.012 * items;
    expect(Math.abs(estimate - items)).toBeLessThanOrEqual(5 * deviation);
  },
);

test('small numbers of addresses, too, are within 5 % nearly always', () => {
  const words = new Uint32Array(4);
  let wrong = 0;
  for (let run = 0; run < 2000; run++) {
    const sketch = new Distinct();
    const items = 60 + (run % 400);
    for (let i = 0; i < items; i++) {
      words.set([0, 0, 0xffff, 0x0a000000 + run * 4096 + i]);
      hash.words(words, 0, 4);
      sketch.add(hash.a, hash.b);
    }
    if (Math.abs(Math.round(sketch.estimate) - items) > 0.05 * items) wrong++;
  }
  expect(wrong).toBe(0);
});

test('merged halves are the whole, whatever overlaps', () => {
  fc.assert(
    fc.property(fc.nat(1500), fc.nat(1500), fc.nat(1500), (one, two, overlap) => {
      const left = add(new Distinct(), 0, one);
      const right = add(new Distinct(), Math.max(0, one - overlap), one + two);
      const whole = add(new Distinct(), 0, one + two);
      const merged = left.copy();
      merged.merge(right);
      const otherWay = right.copy();
      otherWay.merge(left);
      expect(plain(otherWay)).toEqual(plain(merged));
      // Cells know ranks to 8 only: what was sparse for a time may know less of a register than what was dense.
      expect(Math.abs(merged.estimate - whole.estimate)).toBeLessThanOrEqual(0.002 * whole.estimate);
      for (let i = 0; i < one + two; i += 97) {
        hash.name(`host-${i}.example.com`);
        expect(merged.mayHave(hash.a, hash.b)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('mayHave is seldom true for what is not there', () => {
  const sketch = add(new Distinct(), 0, 150);
  let chance = 0;
  for (let i = 1000; i < 11_000; i++) {
    hash.name(`host-${i}.example.com`);
    if (sketch.mayHave(hash.a, hash.b)) chance++;
  }
  expect(chance).toBeLessThan(100);
});

test.each([0, 1, 60, 768, 769, 3000, 6000, 30_000, 300_000])('%i items in bits and back', (items) => {
  const sketch = add(new Distinct(), 0, items);
  const out = new BitWriter();
  writeDistinct(out, sketch);
  writeDistinct(out, sketch);
  const from = new BitReader(out.finish());
  for (let i = 0; i < 2; i++) expect(plain(readDistinct(from)!)).toEqual(plain(sketch));
  expect(from.done).toBe(true);
});

test('a sketch of 60 items takes less than 85 octets, the largest less than 3600', () => {
  const octets = (items: number): number => {
    const out = new BitWriter();
    writeDistinct(out, add(new Distinct(), 0, items));
    return out.finish().length;
  };
  expect(octets(60)).toBeLessThan(85);
  for (const items of [3000, 6000, 12_000, 100_000, 1_000_000]) expect(octets(items)).toBeLessThan(3600);
});

test('random bits give a sketch or nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const sketch = readDistinct(new BitReader(bytes));
      if (sketch === undefined) return;
      expect(sketch.cells === undefined ? sketch.registers!.length : 0).toBeLessThanOrEqual(REGISTERS);
      expect(Number.isFinite(sketch.estimate)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('an arena holds the same sketches', () => {
  const arena = new SketchArena(64 * 1024, 8);
  const alone = Array.from({ length: 8 }, () => new Distinct());
  const sizes = [0, 1, 12, 13, 200, 768, 769, 5000];
  for (let i = 0; i < 5000; i++) {
    hash.name(`host-${i}.example.com`);
    for (const [sketch, size] of sizes.entries()) {
      if (i >= size) continue;
      arena.add(sketch, hash.a, hash.b);
      alone[sketch]!.add(hash.a, hash.b);
    }
  }
  expect(arena.shed).toBe(0);
  for (const sketch of sizes.keys()) expect(plain(sketchIn(arena.contents(), sketch))).toEqual(plain(alone[sketch]!));
  arena.clear();
  expect(sketchIn(arena.contents(), 7).estimate).toBe(0);
});

test('an arena that is full counts what it could not take', () => {
  const arena = new SketchArena(128, 8);
  for (let i = 0; i < 100; i++) {
    hash.name(`host-${i}.example.com`);
    arena.add(i % 8, hash.a, hash.b);
  }
  expect(arena.shed).toBeGreaterThan(50);
  expect(Array.from({ length: 8 }, (_, i) => sketchIn(arena.contents(), i).cells!.length).reduce((a, b) => a + b)).toBe(
    100 - arena.shed,
  );
});
