import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wasmModuleText } from '../../../tools/wasm/build.ts';
import { KeyHasher, murmur3 } from './keyHasher.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The published algorithm once more, in 64-bit integers, as the judge. */
function reference(input: Uint8Array, seed: number): string {
  const m = (value: bigint): bigint => BigInt.asUintN(64, value);
  const rotate = (value: bigint, by: bigint): bigint => m((value << by) | (value >> (64n - by)));
  const [c1, c2] = [0x87c37b91114253d5n, 0x4cf5ad432745937fn];
  const read = (at: number, end: number): bigint => {
    let value = 0n;
    for (let i = Math.min(end, at + 8) - 1; i >= at; i--) value = (value << 8n) | BigInt(input[i] ?? 0);
    return value;
  };
  let [h1, h2] = [BigInt(seed), BigInt(seed)];
  const whole = input.length - (input.length % 16);
  for (let at = 0; at < whole; at += 16) {
    h1 = m((rotate(h1 ^ m(rotate(m(read(at, at + 8) * c1), 31n) * c2), 27n) + h2) * 5n + 0x52dce729n);
    h2 = m((rotate(h2 ^ m(rotate(m(read(at + 8, at + 16) * c2), 33n) * c1), 31n) + h1) * 5n + 0x38495ab5n);
  }
  h2 ^= m(rotate(m(read(whole + 8, input.length) * c2), 33n) * c1);
  h1 ^= m(rotate(m(read(whole, input.length) * c1), 31n) * c2);
  h1 ^= BigInt(input.length);
  h2 ^= BigInt(input.length);
  h1 = m(h1 + h2);
  h2 = m(h2 + h1);
  const finish = (value: bigint): bigint => {
    let k = m((value ^ (value >> 33n)) * 0xff51afd7ed558ccdn);
    k = m((k ^ (k >> 33n)) * 0xc4ceb9fe1a85ec53n);
    return k ^ (k >> 33n);
  };
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = m(h1 + h2);
  h2 = m(h2 + h1);
  const out = new DataView(new ArrayBuffer(16));
  out.setBigUint64(0, h1, true);
  out.setBigUint64(8, h2, true);
  return hex(new Uint8Array(out.buffer));
}

test('the committed module is what the assembler makes of its source', async () => {
  const source = readFileSync(new URL('murmur3.wat', import.meta.url), 'utf8');
  const committed = readFileSync(new URL('murmur3Wasm.ts', import.meta.url), 'utf8');
  expect(await wasmModuleText('murmur3.wat', source)).toBe(committed);
});

test('known answer of the public algorithm', () => {
  expect(hex(murmur3(text('The quick brown fox jumps over the lazy dog'), 0))).toBe('6c1b07bc7bbc4be347939ac4a93c437a');
});

test('agrees with the reference at every length, alignment and seed, whatever lies behind the key', () => {
  for (const seed of [0, 1, 9001, 0xffffffff]) {
    const hasher = new KeyHasher(seed);
    for (let length = 0; length <= 70; length++) {
      const input = Uint8Array.from({ length }, (_, i) => (i * 167 + length * 31 + seed) & 0xff);
      for (const at of [0, 1, 3, 8]) {
        hasher.bytes.fill(0xa5, 0, 128);
        hasher.bytes.set(input, at);
        hasher.hash(length, at);
        expect(hex(new Uint8Array(hasher.h.buffer, 0, 16))).toBe(reference(input, seed));
      }
    }
  }
});

test('the end of the input area, and keys longer than a page', () => {
  const hasher = new KeyHasher();
  hasher.hash(15, hasher.bytes.length - 15);
  const long = new Uint8Array(200_001).fill(7);
  expect(hex(murmur3(long))).toBe(reference(long, 9001));
  expect(() => hasher.hashBytes(long)).toThrow(RangeError);
});
