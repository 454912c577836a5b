import { isMulticast } from '../../core/packet/address.ts';
import { appendHistory, Letter } from './history.ts';
import { Double, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from './layout.ts';
import type { FlowTable } from './table.ts';

const swapped: readonly number[] = [Double.PACKETS_A, Double.IP_A, Double.PAYLOAD_A];

/**
 * Exchanges originator and responder of a flow, as an analyser found them to be the other way round; not when the
 * responder is a group. What was counted so far stays with the role that it was counted for, as in Zeek: the first
 * packet counts for the originator, though the other end sent it. Octets, which the statistics are made of, stay with
 * the end. Answers whether it was done.
 */
export function turnRound(table: FlowTable, slot: number): boolean {
  const { u32, f64 } = table;
  const at = slot * SLOT_WORDS;
  const double = slot * SLOT_DOUBLES;
  const isB = (u32[at + Word.STATE]! & StateBit.ORIG_B) !== 0;
  if (isMulticast(u32, at + (isB ? Word.A : Word.B))) return false;
  u32[at + Word.STATE] = u32[at + Word.STATE]! ^ StateBit.ORIG_B;
  for (const place of swapped) {
    const kept = f64[double + place]!;
    f64[double + place] = f64[double + place + 1]!;
    f64[double + place + 1] = kept;
  }
  const seen = u32[at + Word.HISTORY_SEEN]!;
  u32[at + Word.HISTORY_SEEN] = (seen << 16) | (seen >>> 16);
  appendHistory(u32, at, Letter.FLIP);
  return true;
}
