import { inflateRawSync } from 'node:zlib';
import type { DnsDigest } from '../../core/dnsDigest/digest.ts';
import { decodeDigest } from '../../core/dnsDigest/digestDecoder.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { DurableKind, linkLimits } from '../../proto/link.ts';
import type { JournalEntry } from './journalEntry.ts';

/** Seconds that a live digest may be ahead of the clock when it arrives: as windows may, with an uncertain clock. */
const aheadSeconds = 660;

/** A digest of DNS with who sent it. */
export interface DnsMessage {
  site: string;
  sensor: string;
  digest: DnsDigest;
}

/**
 * The digest of a durable message; undefined when it is of another kind, damaged, or claims to be from the future. Whoever
 * reads it, of the journal or to load it, reads it here: so a message is in all answers or in none.
 */
export function readDnsMessage({ head, body }: JournalEntry): DnsMessage | undefined {
  if (head.type !== 'message' || head.kind !== DurableKind.DNS || head.inflated > linkLimits.inflated) return undefined;
  const bytes = head.inflated === 0 ? body : inflate(body, head.inflated);
  const digest = bytes === undefined ? undefined : decodeDigest(bytes);
  if (digest === undefined || digest instanceof Refusal) return undefined;
  if (!head.replay && digest.coveredTo > head.arrivedMillis / 1000 + aheadSeconds) return undefined;
  return { site: head.site, sensor: head.sensor, digest };
}

function inflate(body: Uint8Array, inflated: number): Uint8Array | undefined {
  try {
    return inflateRawSync(body, { maxOutputLength: inflated });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
