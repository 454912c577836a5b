import { murmur3 } from '../sketch/hash/keyHasher.ts';

/**
 * The deployment's seed keys what must not be foreseen from outside: the flow sample and the count-min sketch. All
 * sensors of a deployment have the same, so that their keyed sections merge; those of different seeds never do.
 */
export const SEED_BYTES = 16;

/** Bytes of a seed's hash. */
export const SEED_HASH_BYTES = 8;

/** What `picket read` keys with: known to all, so that what one run says of a capture another one says too. */
export const readingSeed: readonly number[] = Array.from({ length: SEED_BYTES }, () => 0);

/**
 * By what keyed sections tell whose they are, without telling the seed: the first 8 bytes of MurmurHash3_x64_128, seed
 * 9001, of its 16 bytes.
 */
export function hashSeed(seed: Uint8Array): Uint8Array {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a seed of ${seed.length} bytes`);
  return murmur3(seed).slice(0, SEED_HASH_BYTES);
}
