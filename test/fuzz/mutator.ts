import type { Random } from '../captures/random.ts';

/** A frame to begin from. */
export interface Seed {
  readonly bytes: Uint8Array;
  readonly linkType: number;
}

/** Numbers that bounds are crossed with. */
const edges8 = [0, 1, 0x0f, 0x40, 0x45, 0x4f, 0x60, 0x7f, 0x80, 0xff] as const;
const edges16 = [0, 1, 8, 20, 40, 0x1fff, 0x2000, 0x3fff, 0x7fff, 0x8000, 0xfff8, 0xffff] as const;
/** Ether types and protocols that lead on to another decoder. */
const types = [0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 0x0806, 0x6558, 0x88be, 0x22eb] as const;
const protocols = [0, 1, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 60, 132, 135, 139, 140] as const;
const linkTypes = [0, 1, 9, 101, 105, 108, 113, 127, 228, 229, 239, 276, 12, 147] as const;
/** Where IP's fragment fields are in the usual frame. */
const FRAGMENT_WORD = 20;

/**
 * Writes `seed` mutated to `into[at ..)` and answers its length, at most `most`. One to eight changes: bits, bytes and
 * words at the edges, cuts, pieces of other frames, types that lead elsewhere, fragment fields.
 */
export function mutate(
  random: Random,
  seed: Seed,
  seeds: readonly Seed[],
  into: Uint8Array,
  at: number,
  most: number,
): number {
  let length = Math.min(seed.bytes.length, most);
  into.set(seed.bytes.subarray(0, length), at);
  for (let changes = random.between(1, 8); changes > 0; changes--) {
    // Headers are at the front: most changes go there.
    const place = at + random.below(Math.max(1, random.chance(0.8) ? Math.min(length, 80) : length));
    switch (random.below(12)) {
      case 0:
        into[place] = into[place]! ^ (1 << random.below(8));
        break;
      case 1:
        into[place] = random.word() >>> 24;
        break;
      case 2:
        into[place] = random.pick(edges8);
        break;
      case 3:
        put16(into, place, random.pick(edges16));
        break;
      case 4:
        put16(into, place, random.pick(types));
        break;
      case 5:
        into[place] = random.pick(protocols);
        break;
      case 6:
        length = random.below(length + 1);
        break;
      case 7:
        length = splice(random, seeds, into, at, length, most);
        break;
      case 8:
        if (length > 34) put16(into, at + FRAGMENT_WORD, random.chance(0.5) ? 0x2000 : random.below(64));
        break;
      case 9:
        into[place] = (into[place]! + (random.chance(0.5) ? 1 : 255)) & 255;
        break;
      case 10:
        into.fill(random.pick(edges8), place, Math.min(at + length, place + random.below(16)));
        break;
      default:
        into.copyWithin(place, at, Math.min(at + length, at + 20));
        length = Math.min(most, Math.max(length, place + 20 - at));
    }
  }
  return length;
}

/** The frame's own link type, or now and then another. */
export function mutateLinkType(random: Random, linkType: number): number {
  return random.chance(0.02) ? random.pick(linkTypes) : linkType;
}

function splice(
  random: Random,
  seeds: readonly Seed[],
  into: Uint8Array,
  at: number,
  length: number,
  most: number,
): number {
  const other = random.pick(seeds).bytes;
  const from = random.below(other.length);
  const to = random.below(length + 1);
  const count = Math.min(other.length - from, most - to, random.between(1, 120));
  into.set(other.subarray(from, from + count), at + to);
  return Math.max(length, to + count);
}

function put16(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 8;
  into[at + 1] = value & 255;
}
