import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RawInflate } from './rawInflate.ts';

function inflated(bytes: Uint8Array, piece: number): { content: Buffer; isGood: boolean } {
  const inflate = new RawInflate();
  const parts: Buffer[] = [];
  let isGood = true;
  for (let at = 0; at < bytes.length && isGood; at += piece) {
    isGood = inflate.push(bytes, at, Math.min(bytes.length, at + piece), (out) => parts.push(Buffer.from(out)) > 0);
  }
  inflate.close();
  return { content: Buffer.concat(parts), isGood };
}

test('pieces of any size bring all that was deflated, and nothing of what stands behind it', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.tuple(fc.string({ minLength: 1 }), fc.nat(3000)).map(([text, times]) => Buffer.from(text.repeat(times))),
  );
  fc.assert(
    fc.property(
      content,
      fc.uint8Array({ maxLength: 20 }),
      fc.integer({ min: 1, max: 4000 }),
      (bytes, behind, piece) => {
        const deflated = Buffer.concat([deflateRawSync(bytes), behind]);
        const { content: result, isGood } = inflated(deflated, piece);
        expect(isGood).toBe(true);
        expect(result.equals(bytes)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('what is none is told, whatever it is, and nothing is thrown', () => {
  expect(inflated(Uint8Array.of(0xff, 0xff), 2).isGood).toBe(false);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 200 }), (bytes, piece) => {
      expect(inflated(bytes, piece).content.length).toBeLessThan(1 << 20);
    }),
    { numRuns: 500 },
  );
});

test('a bomb goes off only as far as it is wanted', () => {
  const bomb = deflateRawSync(Buffer.alloc(20_000_000));
  const inflate = new RawInflate();
  let octets = 0;
  const take = (out: Uint8Array): boolean => {
    octets += out.length;
    return octets < 100_000;
  };
  expect(inflate.push(bomb, 0, bomb.length, take)).toBe(true);
  expect(octets).toBeLessThan(120_000);
});

test('it may be closed while it hands out', () => {
  const bomb = deflateRawSync(Buffer.alloc(1_000_000));
  const inflate = new RawInflate();
  let calls = 0;
  const take = (): boolean => {
    calls++;
    inflate.close();
    return true;
  };
  inflate.push(bomb, 0, bomb.length, take);
  inflate.push(bomb, 0, bomb.length, take);
  inflate.close();
  expect(calls).toBe(1);
});
