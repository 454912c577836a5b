import { SketchArena } from './sketchArena.ts';

/** How much an accumulator keeps of a period, all of it bounded. */
export interface DigestSizes {
  /** Names that were asked for three times or more, or came first; at most 65,535. */
  readonly names: number;
  /** So many of them have their place from their first query on: on a quiet link all. */
  readonly firstNames: number;
  /** At most 65,535. */
  readonly clients: number;
  /** Places for names seen once or twice; a power of two. */
  readonly sights: number;
  /** Places for (client, name, type and rcode); a power of two. */
  readonly tuples: number;
  /** Where there are more tuples than these, those of fewer than 20 queries are no rows. */
  readonly fewRows: number;
  /** Rows whose times are kept. */
  readonly timed: number;
  /** Octets for sketches. */
  readonly sketches: number;
  /** Pairs of passive DNS that are known. */
  readonly pairs: number;
}

/** Octets of JavaScript's heap for each octet of tables, for names and pairs as texts: two to one. */
const HEAP_SHARE = 2;

/** The sizes that so many octets are enough for; texts take `heapOctets` besides. */
export function sizesOf(octets: number): DigestSizes {
  const power = (value: number): number => 2 ** Math.floor(Math.log2(Math.max(64, value)));
  const most = (value: number): number => Math.min(65_535, Math.max(64, Math.floor(value)));
  const names = most(octets / 2048);
  const clients = most(octets / 4096);
  const tuples = power(octets / 16);
  const sights = power(octets / 128);
  const timed = Math.floor(octets / 2048);
  // A name takes 24 octets besides its sketch, a client 64, a row's times 96.
  const fixed = tuples * 8 + sights * 16 + timed * 96 + names * 24 + clients * 64;
  const sketches = octets - fixed - (names + clients) * SketchArena.OCTETS_A_SKETCH;
  return {
    names,
    firstNames: Math.floor(names / 4),
    clients,
    sights,
    tuples,
    fewRows: Math.floor(octets / 4096),
    timed,
    sketches: Math.max(16_384, sketches),
    pairs: most(octets / 1024),
  };
}

/** Octets of texts that stand beside tables of so many octets. */
export function heapOctets(octets: number): number {
  return octets / HEAP_SHARE;
}
