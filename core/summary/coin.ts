import { murmur3 } from '../sketch/hash/keyHasher.ts';

/** What is mixed into the coins of each quantile sketch, so that no two have the same. */
export const quantileCoins = {
  sizes: 0,
  durations: 0x9e3779b9,
  handshakes: 0x3c6ef372,
  retransmits: 0xdaa66d2b,
} as const;

/**
 * A tap's share of the coins of its quantile sketches: 32 bits of MurmurHash3_x64_128 of its full name. The errors of taps
 * that are merged are then independent, and one tap gives the same bytes twice. The number of its worker is added, since
 * workers of one window are merged too.
 */
export function coinOf(site: string, sensor: string, tap: string): number {
  const hash = murmur3(new TextEncoder().encode(`${site}/${sensor}/${tap}`));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0, true);
}
