/** From a flow slot to the row of `conn.log`: by Zeek's rules, when the connection is over. */
import { IpProtocol } from '../../core/packet/numbers.ts';
import { formatAddress } from '../../core/packet/address.ts';
import { CommunityIds } from '../../core/packet/communityIds.ts';
import type { NetworkSet } from '../../core/packet/networkSet.ts';
import type { ConnRecord, ConnState } from '../../core/records/conn.ts';
import type { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { connectionUid } from '../../core/records/uid.ts';
import { historyText, Seen } from './history.ts';
import { Double, KIND_PROTOCOL, LinkBit, SLOT_DOUBLES, SLOT_WORDS, Word } from './layout.ts';
import type { FlowTable } from './table.ts';
import type { TcpTracker } from './tcp.ts';
import { TcpState } from './tcpState.ts';

export interface ConnectionContext {
  readonly table: FlowTable;
  readonly tracker: TcpTracker;
  /** The sensor's name: part of what `uid` is made of. */
  readonly sensor: string;
  readonly local: NetworkSet;
  /** For the uid; one for all rows. */
  readonly hasher?: KeyHasher;
  /** For the Community ID; one for all rows. */
  readonly ids?: CommunityIds;
}

/** A row that is not told yet: others may add to it. */
export type OpenConnRecord = { -readonly [K in keyof ConnRecord]: ConnRecord[K] };

/** The row of a slot that is in use. Allocates; called once a connection. */
export function readConnection(context: ConnectionContext, slot: number): OpenConnRecord {
  const { table, tracker } = context;
  const { u32, f64 } = table;
  const at = slot * SLOT_WORDS;
  const double = slot * SLOT_DOUBLES;
  const protocol = u32[at + Word.KIND]! & KIND_PROTOCOL;
  const orig = (u32[at + Word.STATE]! >> 1) & 1;
  const resp = orig ^ 1;
  const isTcp = protocol === IpProtocol.TCP;
  const isCounted = hasPorts(protocol);
  const seconds = f64[double + Double.FIRST_SECONDS]!;
  const nanos = u32[at + Word.FIRST_NANOS]!;
  const ts = toTime(seconds, nanos);
  const duration = toTime(f64[double + Double.LAST_SECONDS]!, u32[at + Word.LAST_NANOS]!) - ts;
  const history = historyText(u32, at);
  const links = u32[at + Word.LINKS]!;
  const origAddress = at + (orig === 0 ? Word.A : Word.B);
  const respAddress = at + (orig === 0 ? Word.B : Word.A);
  const ports = isCounted ? u32[at + Word.PORTS]! : 0;
  const key = new Uint8Array(u32.buffer, u32.byteOffset + at * 4, 40);
  // One shape, and what is optional set after it: spreads cost more than all the rest of a row.
  const row: OpenConnRecord = {
    ts,
    uid: connectionUid(context.sensor, key, seconds, nanos, 'C', context.hasher),
    'id.orig_h': formatAddress(u32, origAddress),
    'id.orig_p': orig === 0 ? ports >>> 16 : ports & 0xffff,
    'id.resp_h': formatAddress(u32, respAddress),
    'id.resp_p': orig === 0 ? ports & 0xffff : ports >>> 16,
    proto: protocolName(protocol),
    conn_state: connectionState(context, slot, protocol, orig, history),
    local_orig: context.local.has(u32, origAddress),
    local_resp: context.local.has(u32, respAddress),
    missed_bytes: isTcp ? tracker.missed(slot) : 0,
    orig_pkts: f64[double + Double.PACKETS_A + orig]!,
    orig_ip_bytes: f64[double + Double.IP_A + orig]!,
    resp_pkts: f64[double + Double.PACKETS_A + resp]!,
    resp_ip_bytes: f64[double + Double.IP_A + resp]!,
    ip_proto: protocol,
    community_id: communityId(context.ids ?? new CommunityIds(), u32, at, protocol, orig),
  };
  if (duration > 0) {
    row.duration = duration;
    row.orig_bytes = isTcp ? tracker.payload(slot, orig) : isCounted ? f64[double + Double.PAYLOAD_A + orig]! : 0;
    row.resp_bytes = isTcp ? tracker.payload(slot, resp) : isCounted ? f64[double + Double.PAYLOAD_A + resp]! : 0;
  }
  if (history !== '') row.history = history;
  if ((links & LinkBit.VLAN) !== 0) row.vlan = links & 0xfff;
  if ((links & LinkBit.INNER_VLAN) !== 0) row.inner_vlan = (links >>> 16) & 0xfff;
  if (isTcp) {
    const rtt = u32[at + Word.RTT_MICROS]!;
    const retransmits = u32[at + Word.RETRANSMITS]!;
    if (rtt > 0) row.rtt = rtt / 1e6;
    row.orig_retransmits = orig === 0 ? retransmits >>> 16 : retransmits & 0xffff;
    row.resp_retransmits = orig === 0 ? retransmits & 0xffff : retransmits >>> 16;
  }
  return row;
}

/** Microseconds are what Zeek keeps; finer parts are cut. */
function toTime(seconds: number, nanos: number): number {
  return seconds + Math.floor(nanos / 1000) / 1e6;
}

/** SCTP's ports are part of its flow key, but Zeek has no row of it by ports. */
function hasPorts(protocol: number): boolean {
  return (
    protocol === IpProtocol.TCP ||
    protocol === IpProtocol.UDP ||
    protocol === IpProtocol.ICMP ||
    protocol === IpProtocol.ICMPV6
  );
}

function protocolName(protocol: number): string {
  if (protocol === IpProtocol.TCP) return 'tcp';
  if (protocol === IpProtocol.UDP) return 'udp';
  return protocol === IpProtocol.ICMP || protocol === IpProtocol.ICMPV6 ? 'icmp' : 'unknown_transport';
}

/** As Zeek: by the ports that the row has, and SCTP's has none. */
function communityId(ids: CommunityIds, u32: Uint32Array, at: number, protocol: number, orig: number): string {
  const ports = protocol === IpProtocol.SCTP ? 0 : u32[at + Word.PORTS]!;
  return ids.text(u32, at + Word.A, at + Word.B, ports >>> 16, ports & 0xffff, protocol, orig === 0, true);
}

function connectionState(
  context: ConnectionContext,
  slot: number,
  protocol: number,
  orig: number,
  history: string,
): ConnState {
  const { tracker, table } = context;
  if (protocol === IpProtocol.UDP) {
    const seen = table.u32[slot * SLOT_WORDS + Word.HISTORY_SEEN]!;
    const sent = (end: number): boolean => (seen & (Seen.DATA << (end << 4))) !== 0;
    if (sent(orig)) return sent(orig ^ 1) ? 'SF' : 'S0';
    return sent(orig ^ 1) ? 'SHR' : 'OTH';
  }
  if (protocol !== IpProtocol.TCP) return 'OTH';
  const o = tracker.state(slot, orig);
  const r = tracker.state(slot, orig ^ 1);
  const isOrigSilent = o === TcpState.INACTIVE || o === TcpState.PARTIAL;
  const isRespSilent = r === TcpState.INACTIVE || r === TcpState.PARTIAL;
  if (r === TcpState.RESET) {
    const isEmpty = tracker.payload(slot, 0) === 0 && tracker.payload(slot, 1) === 0;
    const isRefused = o === TcpState.SYN_SENT || o === TcpState.SYN_ACK_SENT || (o === TcpState.RESET && isEmpty);
    if (isRefused) return 'REJ';
    return isOrigSilent ? 'RSTRH' : 'RSTR';
  }
  if (o === TcpState.RESET) {
    if (!isRespSilent) return 'RSTO';
    return /^\^?S[^HAFGIQ]*R/u.test(history) ? 'RSTOS0' : 'OTH';
  }
  if (o === TcpState.CLOSED) {
    if (r === TcpState.CLOSED) return 'SF';
    return isRespSilent ? 'SH' : 'S2';
  }
  if (r === TcpState.CLOSED) return isOrigSilent ? 'SHR' : 'S3';
  if (o === TcpState.SYN_SENT && r === TcpState.INACTIVE) return 'S0';
  return o === TcpState.ESTABLISHED && r === TcpState.ESTABLISHED ? 'S1' : 'OTH';
}
