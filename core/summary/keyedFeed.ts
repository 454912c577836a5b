import { CountMin } from '../sketch/countMin/countMin.ts';
import { KeyHasher } from '../sketch/hash/keyHasher.ts';
import { DEFAULT_SAMPLE, FlowSample } from '../sketch/sample/flowSample.ts';
import type { FlowKeys } from './flowKeys.ts';
import { COUNT_MIN_COLUMNS, COUNT_MIN_ROWS } from './kinds.ts';
import { hashSeed, SEED_BYTES } from './seed.ts';
import type { KeyedValues } from './summary.ts';

/** Words of the hasher's memory: seed and window start before the flow's bytes, the seed again before an address. */
const SEED_WORDS = SEED_BYTES / 4;
const START_WORD = SEED_WORDS;
const FLOW_WORD = START_WORD + 2;
const POINT_WORD = 32;
const ADDRESS_WORD = POINT_WORD + SEED_WORDS;

/**
 * The keyed statistics of a window while they are being added up: which addresses have how much (count-min), and the
 * weighted sample of flows. Nothing is allocated by feeding.
 *
 * | hash | MurmurHash3_x64_128, seed 9001, of |
 * | --- | --- |
 * | of an address | the deployment's seed (16 bytes), then the address' key (16 or 20) |
 * | of a flow in a window | the seed, the window's start (epoch seconds, 8 bytes, little-endian, signed), the flow's key (45) |
 *
 * The sample takes the first eight bytes of the hash, count-min the four words of it.
 */
export class KeyedFeed {
  readonly seedHash: Uint8Array;
  readonly windowSeconds: number;
  readonly pointOctets: CountMin = new CountMin(COUNT_MIN_ROWS, COUNT_MIN_COLUMNS);
  readonly flowSample: FlowSample = new FlowSample(DEFAULT_SAMPLE);
  readonly #hasher: KeyHasher = new KeyHasher();

  constructor(seed: Uint8Array, windowSeconds: number) {
    this.seedHash = hashSeed(seed);
    this.windowSeconds = windowSeconds;
    const { bytes } = this.#hasher;
    bytes.set(seed, 0);
    bytes.set(seed, POINT_WORD * 4);
  }

  /** Empty again, for the window `number`: floor(start / windowSeconds). */
  begin(number: number): void {
    const start = number * this.windowSeconds;
    const { words } = this.#hasher;
    words[START_WORD] = start;
    words[START_WORD + 1] = Math.floor(start / 2 ** 32);
    this.pointOctets.reset();
    this.flowSample.reset();
  }

  /** Adds `octets[at]` to end A's count, or to B's. */
  addAddress(keys: FlowKeys, isB: boolean, octets: Float64Array, at: number): void {
    const hasher = this.#hasher;
    hasher.hash(SEED_BYTES + keys.copyAddress(isB, hasher.words, ADDRESS_WORD), POINT_WORD * 4);
    this.pointOctets.addFrom(hasher.h, octets, at);
  }

  /** Adds `octets[at]` to the flow that `keys` hashed last. */
  addFlow(keys: FlowKeys, octets: Float64Array, at: number): void {
    const hasher = this.#hasher;
    hasher.hash(FLOW_WORD * 4 + keys.copyFlow(hasher.words, FLOW_WORD));
    this.flowSample.addFrom(hasher.h[1]!, hasher.h[0]!, octets, at);
  }

  toValues(): KeyedValues {
    const { seedHash, windowSeconds, pointOctets, flowSample } = this;
    return { seedHash, windowSeconds, pointOctets, flowSample };
  }
}
