import type { PacketFields } from './fields.ts';
import { Verdict, verdictOfReason } from './verdict.ts';

/**
 * What comes next in a frame. A protocol's decoder reads its header at `fields.pos`, advances `pos` (and cuts `end` and
 * `wireEnd` to the length it declares) and returns one of these; `decoder.ts` loops until `DONE`.
 */
export const Layer = {
  DONE: 0,
  ETHERNET: 1,
  /** Chosen by `fields.etherType`. */
  ETHERTYPE: 2,
  IPV4: 3,
  IPV6: 4,
  /** Chosen by `fields.protocol`. */
  TRANSPORT: 5,
  LLC: 6,
  MPLS: 7,
  PPP: 8,
} as const;

/** Ends decoding with a verdict. */
export function refuse(fields: PacketFields, reason: number): number {
  fields.reason = reason;
  fields.verdict = verdictOfReason[reason]!;
  return Layer.DONE;
}

/**
 * Ends decoding because a header of `size` bytes does not fit: `truncated` when the wire had it and the snap length cut
 * it, else `malformed`. `reason` is the layer's entry in `Short`.
 */
export function refuseShort(fields: PacketFields, size: number, reason: number): number {
  const truncated = fields.pos + size <= fields.wireEnd;
  fields.reason = truncated ? reason + 1 : reason;
  fields.verdict = truncated ? Verdict.TRUNCATED : Verdict.MALFORMED;
  return Layer.DONE;
}
