import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NanoWords, nanoEra } from './timestamp.ts';
import { TimeScale } from './timeScale.ts';

const seconds = new Float64Array(1);
const nanos = new Uint32Array(1);

function exactly(units: bigint, resolution: number, offset: number): { seconds: bigint; nanos: bigint } {
  const perSecond = resolution >= 0x80 ? 2n ** BigInt(resolution - 0x80) : 10n ** BigInt(resolution);
  return {
    seconds: units / perSecond + BigInt(offset),
    nanos: ((units % perSecond) * 1_000_000_000n) / perSecond,
  };
}

const resolutions = fc.oneof(fc.integer({ min: 0, max: 19 }), fc.integer({ min: 128, max: 191 }));
const edges = [0n, 1n, 999_999n, 1_000_000n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
const counts = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...edges));

test('times are those of exact arithmetic, for every resolution and offset, or refused beyond 2^53 seconds', () => {
  const offsets = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
  fc.assert(
    fc.property(resolutions, offsets, fc.array(counts, { minLength: 1, maxLength: 4 }), (resolution, offset, list) => {
      const scale = new TimeScale(resolution, offset);
      for (const units of list) {
        // A neighbour after it tries the short way that times of the same second take.
        for (const count of [units, units > 0n ? units - 1n : units + 1n, units]) {
          const exact = exactly(count, resolution, offset);
          const high = Number(count >> 32n);
          const low = Number(count & 0xffffffffn);
          const placed = scale.place(high, low, seconds, nanos, 0);
          expect(placed).toBe(exact.seconds - BigInt(offset) < 2n ** 53n && exact.seconds < 2n ** 53n);
          if (placed) expect([BigInt(seconds[0]!), BigInt(nanos[0]!)]).toEqual([exact.seconds, exact.nanos]);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('resolutions are 10^0 to 10^-19 and 2^0 to 2^-63', () => {
  expect([0, 19, 0x80, 0xbf].every((value) => TimeScale.isValid(value))).toBe(true);
  expect([20, 0x7f, 0xc0, 0xff].some((value) => TimeScale.isValid(value))).toBe(false);
});

test('only what is finer than microseconds says so', () => {
  expect([0, 6, 0x80].map((value) => new TimeScale(value, 0).subMicrosecond)).toEqual([false, false, false]);
  expect([7, 9, 0x81].map((value) => new TimeScale(value, 0).subMicrosecond)).toEqual([true, true, true]);
});

test('nanoseconds in two words are those of exact arithmetic', () => {
  const words = new NanoWords();
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: nanoEra - 1 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      (whole, fraction) => {
        words.set(whole, fraction);
        expect((BigInt(words.high) << 32n) | BigInt(words.low)).toBe(BigInt(whole) * 1_000_000_000n + BigInt(fraction));
      },
    ),
  );
});
