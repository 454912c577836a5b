import { deflateRawSync } from 'node:zlib';
import { encodeDigest } from '../../core/dnsDigest/digestEncoder.ts';
import { splitDigest } from '../../core/dnsDigest/digestPieces.ts';
import { openSealed, type SealedDigest } from '../../core/dnsDigest/sealedPeriod.ts';
import { DurableKind, linkLimits } from '../../proto/link.ts';

/** A digest as the link's spool takes it. */
export interface PackedDigest {
  kind: number;
  inflated: number;
  bytes: Uint8Array;
  longer: boolean;
}

/** What was sealed, as messages; undefined for one that is too large for the link. */
export function packDigest(sealed: SealedDigest): (PackedDigest | undefined)[] {
  return splitDigest(openSealed(sealed)).map((piece) => {
    const plain = encodeDigest(piece);
    const bytes = deflateRawSync(plain);
    if (bytes.length > linkLimits.body || plain.length > linkLimits.inflated) return undefined;
    return { kind: DurableKind.DNS, inflated: plain.length, bytes, longer: false };
  });
}

/** The memory of what was sealed, to be handed over and not copied. */
export function transferOf({ pairs, period }: SealedDigest): ArrayBuffer[] {
  const arrays = [pairs.numbers];
  if (period === undefined) return arrays.map((array) => array.buffer as ArrayBuffer);
  const { nameCounts, nameNxdomain, clients, clientCounts, clientNxdomain, sketches, rows, times, kinds, rtt } = period;
  const { bytes, offset, size, count } = sketches;
  const own = [nameCounts, nameNxdomain, clients, clientCounts, clientNxdomain, bytes, offset, size, count];
  return [...arrays, ...own, rows, times, kinds, rtt].map((array) => array.buffer as ArrayBuffer);
}
