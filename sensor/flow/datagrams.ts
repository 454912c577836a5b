/** UDP, ICMP and other IP protocols as Zeek follows them: who opened a flow, history, payload, and when it is over. */
import { IpProtocol } from '../../core/packet/numbers.ts';
import { isIpv4 } from '../../core/packet/address.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import type { FlowClock } from './clock.ts';
import { isBroadcast, markOrigin, ServerPorts, vlanLinks } from './direction.ts';
import { Letter, noteOnce, Seen } from './history.ts';
import { Double, LinkBit, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from './layout.ts';
import { timeouts } from './timeouts.ts';

/** Works on the flow table's slots; allocates nothing a packet. `direction` is 0 when end A sent the packet. */
export class DatagramTracker {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #clock: FlowClock;
  readonly #ports: ServerPorts;

  constructor(u32: Uint32Array, f64: Float64Array, clock: FlowClock, ports: ServerPorts = new ServerPorts()) {
    this.#u32 = u32;
    this.#f64 = f64;
    this.#clock = clock;
    this.#ports = ports;
  }

  /** A new UDP, ICMP or other flow: says who opened it. Then `packet`. */
  open(slot: number, fields: PacketFields, direction: number): void {
    const isFlipped =
      fields.protocol === IpProtocol.UDP &&
      !isBroadcast(fields) &&
      this.#ports.flipsUdp(fields.sourcePort, fields.destinationPort);
    markOrigin(this.#u32, slot, fields, direction, isFlipped);
  }

  /** A UDP, ICMP or other packet: history, payload, `EXPIRES`. */
  packet(slot: number, fields: PacketFields, direction: number): void {
    this.#count(slot, fields.protocol, direction, fields.destinationPort, fields.sourcePort, fields.payloadLength);
  }

  /** A new flow of a tunnel's carrier, outer header `n`. Then `carrier`. */
  openCarrier(slot: number, fields: PacketFields, n: number, direction: number): void {
    const isFlipped =
      fields.outerProtocol[n] === IpProtocol.UDP &&
      this.#ports.flipsUdp(fields.outerPorts[2 * n]!, fields.outerPorts[2 * n + 1]!);
    markOrigin(this.#u32, slot, fields, direction, isFlipped);
    this.#u32[slot * SLOT_WORDS + Word.LINKS] = n === 0 ? vlanLinks(fields) : LinkBit.TUNNEL;
  }

  /** A packet of a tunnel's carrier. Its payload is what IP and UDP headers without options leave. */
  carrier(slot: number, fields: PacketFields, n: number, direction: number): void {
    const headers = (isIpv4(fields.outerAddress, n * 8) ? 20 : 40) + 8;
    const payload = fields.outerIpLength[n]! - headers;
    const { outerPorts } = fields;
    this.#count(slot, fields.outerProtocol[n]!, direction, outerPorts[2 * n + 1]!, outerPorts[2 * n]!, payload);
  }

  #count(slot: number, protocol: number, direction: number, to: number, from: number, payload: number): void {
    const f64 = this.#f64;
    const double = slot * SLOT_DOUBLES;
    let seconds: number = timeouts.unknown;
    if (protocol === IpProtocol.UDP) {
      const at = slot * SLOT_WORDS;
      const isOrigin = ((this.#u32[at + Word.STATE]! >> 1) & 1) === direction;
      const state = this.#u32[at + Word.STATE]!;
      // Zeek lets go of what gave up with the next packet, and of its timer.
      if ((state & StateBit.REFUSED) !== 0) this.#u32[at + Word.STATE] = state | StateBit.RELEASED;
      // When it is quiet for twice as long, some look of `DnsTimers` has ended it already.
      const isTimed = isDnsPort(isOrigin ? to : from) && (state & StateBit.REFUSED) === 0;
      seconds = isTimed ? 2 * timeouts.dns : timeouts.udp;
      noteOnce(this.#u32, at, direction, Seen.DATA, isOrigin ? Letter.D : Letter.D | 0x20);
    } else if (protocol === IpProtocol.ICMP || protocol === IpProtocol.ICMPV6) {
      seconds = timeouts.icmp;
    }
    if (payload > 0) f64[double + Double.PAYLOAD_A + direction] = f64[double + Double.PAYLOAD_A + direction]! + payload;
    f64[double + Double.EXPIRES] = this.#clock.now[0]! + seconds;
  }

  /** Whether the flow goes to a port of DNS: its end is told by `DnsTimers`. */
  isDns(slot: number): boolean {
    const at = slot * SLOT_WORDS;
    const ports = this.#u32[at + Word.PORTS]!;
    return isDnsPort((this.#u32[at + Word.STATE]! & StateBit.ORIG_B) === 0 ? ports & 0xffff : ports >>> 16);
  }
}

/** DNS, NetBIOS names, mDNS, LLMNR. */
function isDnsPort(port: number): boolean {
  return port === 53 || port === 137 || port === 5353 || port === 5355;
}
