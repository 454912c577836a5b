import { IpProtocol } from '../../core/packet/numbers.ts';
import { serviceKey } from '../../core/summary/flowKeys.ts';
import { Ended, type Statistics } from '../../core/summary/statistics.ts';
import {
  Double,
  KIND_FRAGMENT,
  KIND_OUTER,
  KIND_PROTOCOL,
  KIND_REALM_SHIFT,
  SLOT_DOUBLES,
  SLOT_WORDS,
  StateBit,
  Word,
} from '../flow/layout.ts';
import type { FlowTable } from '../flow/table.ts';

/**
 * Feeds what a slot did since it was last fed. An outer tunnel flow feeds nothing; frames of fragments count for their
 * addresses and pair only. A service is the responder's port, of TCP, UDP and SCTP. `realms`: words by number.
 */
export function feedDeltas(statistics: Statistics, table: FlowTable, slot: number, realms: Int32Array): void {
  const { u32, f64 } = table;
  const word = slot * SLOT_WORDS;
  const double = slot * SLOT_DOUBLES;
  const kind = u32[word + Word.KIND]!;
  if ((kind & KIND_OUTER) !== 0) return;
  const { deltas } = statistics;
  deltas[0] = u32[word + Word.DELTA_PACKETS_A]!;
  deltas[1] = f64[double + Double.DELTA_OCTETS_A]!;
  deltas[2] = u32[word + Word.DELTA_PACKETS_B]!;
  deltas[3] = f64[double + Double.DELTA_OCTETS_B]!;
  const ports = u32[word + Word.PORTS]!;
  const portA = ports >>> 16;
  const portB = ports & 0xffff;
  const protocol = kind & KIND_PROTOCOL;
  const responder = (u32[word + Word.STATE]! & StateBit.ORIG_B) === 0 ? portB : portA;
  const service = hasService(protocol) ? serviceKey(protocol, responder) : -1;
  const realm = realms[kind >>> KIND_REALM_SHIFT]!;
  statistics.feed(u32, word, realm, protocol, portA, portB, service, (kind & KIND_FRAGMENT) === 0);
}

/**
 * A connection is over: its size (octets of its frames, both ways) and how long it lasted; of TCP also the handshake's
 * round trip, where it was seen whole, and the share of its segments that were sent again.
 */
export function endConnection(statistics: Statistics, table: FlowTable, slot: number): void {
  const { f64, u32 } = table;
  const double = slot * SLOT_DOUBLES;
  const word = slot * SLOT_WORDS;
  const { ended } = statistics;
  ended[Ended.OCTETS] = f64[double + Double.OCTETS_A]! + f64[double + Double.OCTETS_B]!;
  const seconds = f64[double + Double.LAST_SECONDS]! - f64[double + Double.FIRST_SECONDS]!;
  const fraction = (u32[word + Word.LAST_NANOS]! - u32[word + Word.FIRST_NANOS]!) * 1e-9;
  // Packets of a flow may come out of order.
  const lasted = seconds + fraction;
  ended[Ended.SECONDS] = lasted > 0 ? lasted : 0;
  ended[Ended.HANDSHAKE] = Number.NaN;
  ended[Ended.RETRANSMITTED] = Number.NaN;
  if ((u32[word + Word.KIND]! & KIND_PROTOCOL) === IpProtocol.TCP) {
    const micros = u32[word + Word.RTT_MICROS]!;
    if (micros > 0) ended[Ended.HANDSHAKE] = micros / 1e6;
    const again = u32[word + Word.RETRANSMITS]!;
    const packets = f64[double + Double.PACKETS_A]! + f64[double + Double.PACKETS_B]!;
    ended[Ended.RETRANSMITTED] = packets > 0 ? Math.min(1, ((again >>> 16) + (again & 0xffff)) / packets) : 0;
  }
  statistics.connectionEnded();
}

/** The slot was fed: from here on it begins anew. */
export function resetDeltas(table: FlowTable, slot: number): void {
  const { u32, f64 } = table;
  u32[slot * SLOT_WORDS + Word.DELTA_PACKETS_A] = 0;
  u32[slot * SLOT_WORDS + Word.DELTA_PACKETS_B] = 0;
  f64[slot * SLOT_DOUBLES + Double.DELTA_OCTETS_A] = 0;
  f64[slot * SLOT_DOUBLES + Double.DELTA_OCTETS_B] = 0;
}

function hasService(protocol: number): boolean {
  return protocol === IpProtocol.TCP || protocol === IpProtocol.UDP || protocol === IpProtocol.SCTP;
}
