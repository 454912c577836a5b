import { formatAddress } from '../../core/packet/address.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import { Reason, reasons, Short, Verdict } from '../../core/packet/verdict.ts';
import { weird } from '../../core/records/weird.ts';
import { RememberedKeys } from './rememberedKeys.ts';
import type { Emit } from './protocol.ts';

/** Pairs of addresses with a name that are remembered: a row each, unless it was of the longest ago. */
const MOST_KNOWN = 16_384;
/** Of those the ones that are known without making texts of them, and the words of each: addresses and reason. */
const RECENT = 4096;
const RECENT_WORDS = 9;

/** Zeek's names of our verdicts, and who finds them there. */
const names: ReadonlyMap<number, readonly [name: string, source: string | undefined]> = new Map([
  [Short.ARP, ['truncated_ARP', 'ARP']],
  [Short.ARP + 1, ['truncated_ARP', 'ARP']],
  [Short.LLC, ['truncated_llc_header', 'LLC']],
  [Short.LLC + 1, ['truncated_llc_header', 'LLC']],
  [Short.IPV4, ['truncated_IP', 'IP']],
  [Short.IPV4 + 1, ['truncated_IP', 'IP']],
  [Short.IPV6, ['truncated_IP', 'IP']],
  [Short.IPV6 + 1, ['truncated_IP', 'IP']],
  [Short.TCP, ['truncated_header', 'TCP']],
  [Short.TCP + 1, ['truncated_header', 'TCP']],
  [Short.UDP, ['truncated_header', 'UDP']],
  [Short.UDP + 1, ['truncated_header', 'UDP']],
  [Short.ICMP, ['truncated_header', 'ICMP']],
  [Short.ICMP + 1, ['truncated_header', 'ICMP']],
  [Reason.VLAN_DEPTH, ['triple_tagged_vlan_unsupported', 'VLAN']],
  [Reason.IPV4_VERSION, ['unknown_ip_version', 'IP']],
  [Reason.IPV6_VERSION, ['unknown_ip_version', 'IP']],
  [Reason.RAW_VERSION, ['unknown_ip_version', 'IP']],
  [Reason.IPV4_IHL, ['IPv4_min_header_size', 'IP']],
  [Reason.IPV4_LENGTH, ['truncated_IP_len', 'IP']],
  [Reason.IPV4_TOTAL, ['truncated_IP_len', 'IP']],
  [Reason.IPV6_LENGTH, ['truncated_IP_len', 'IP']],
  [Reason.TCP_OFFSET, ['bad_TCP_header_len', 'TCP']],
  [Reason.UDP_LENGTH, ['UDP_datagram_length_mismatch', 'UDP']],
  [Reason.TUNNEL_DEPTH, ['exceeded_tunnel_max_depth', undefined]],
  [Reason.FRAGMENT_TEARDROP, ['fragment_inconsistency', undefined]],
  [Reason.FRAGMENT_TINY, ['excessively_small_fragment', undefined]],
  [Reason.FRAGMENT_LENGTH, ['fragment_size_inconsistency', undefined]],
  [Reason.FRAGMENT_TRUNCATED, ['incompletely_captured_fragment', undefined]],
  [Reason.CHECKSUM_IPV4, ['bad_IP_checksum', 'IP']],
  [Reason.CHECKSUM_TCP, ['bad_TCP_checksum', 'TCP']],
  [Reason.CHECKSUM_UDP, ['bad_UDP_checksum', 'UDP']],
  [Reason.CHECKSUM_ICMP, ['bad_ICMP_checksum', 'ICMP']],
]);

/**
 * Rows of `weird.log` for packets that did not decode: under Zeek's name, else under our reason's where the packet was
 * malformed or cut. One a name and pair of addresses; where there are none, one a name and second.
 */
export class VerdictWeirds {
  readonly #emit: Emit;
  readonly #sensor: string;
  readonly #known: RememberedKeys = new RememberedKeys(MOST_KNOWN);
  /** Whole second of the last row without addresses, by reason. */
  readonly #recent: Uint32Array = new Uint32Array(RECENT * RECENT_WORDS);
  readonly #last: Float64Array = new Float64Array(reasons.length).fill(-1);

  constructor(emit: Emit, sensor: string) {
    this.#emit = emit;
    this.#sensor = sensor;
  }

  /** A packet has the verdict of that reason; `time` in seconds. */
  note(fields: PacketFields, reason: number, time: number): void {
    if (fields.ipVersion !== 0 && this.#isRecent(fields.address, reason)) return;
    const known = names.get(reason);
    const declared = reasons[reason];
    if (known === undefined && (declared === undefined || declared.verdict === Verdict.UNSUPPORTED)) return;
    const [name, source] = known ?? [declared?.name ?? '', undefined];
    const row = { ts: time, name, notice: false, peer: this.#sensor, ...(source === undefined ? {} : { source }) };
    if (fields.ipVersion === 0) {
      const second = Math.floor(time);
      if (this.#last[reason] === second) return;
      this.#last[reason] = second;
      this.#emit(weird, row);
      return;
    }
    const sender = formatAddress(fields.address, 0);
    const receiver = formatAddress(fields.address, 4);
    if (this.#known.meet(`${reason} ${sender} ${receiver}`)) return;
    this.#emit(weird, { ...row, 'id.orig_h': sender, 'id.orig_p': 0, 'id.resp_h': receiver, 'id.resp_p': 0 });
  }

  /** Whether the pair was met lately with that reason; from now on it was. No allocation: floods of such packets come. */
  #isRecent(address: Uint32Array, reason: number): boolean {
    let hash = Math.imul(reason, 0x9e3779b1);
    for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ address[i]!, 0x85ebca6b) ^ (hash >>> 15);
    const at = (hash & (RECENT - 1)) * RECENT_WORDS;
    const recent = this.#recent;
    let differs = recent[at + 8]! ^ reason;
    for (let i = 0; i < 8; i++) {
      differs |= recent[at + i]! ^ address[i]!;
      recent[at + i] = address[i]!;
    }
    recent[at + 8] = reason;
    return differs === 0;
  }
}
