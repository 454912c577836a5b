import { IpProtocol } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import type { FlowClock } from './clock.ts';
import { DatagramTracker } from './datagrams.ts';
import { ServerPorts } from './direction.ts';
import { DnsTimers } from './dnsTimers.ts';
import { Double, KIND_FRAGMENT, KIND_OUTER, KIND_REALM_SHIFT, SLOT_DOUBLES, SLOT_WORDS, Word } from './layout.ts';
import { FlowTable, type FlowSink } from './table.ts';
import { TcpTracker } from './tcp.ts';
import { timeouts } from './timeouts.ts';

/** The packet being counted, for what the flow table needs of it beside the decoded fields. */
export class FrameMeta {
  /** Integer seconds (a double) in place 0. */
  readonly seconds: Float64Array = new Float64Array(1);
  nanos = 0;
  octets = 0;
  /** Number of the window object that deltas go to. */
  window = 0;
}

/**
 * The flows of one worker: finds each packet's slot and adds the packet to it. What a flow did goes to the summaries per
 * flow and window, through the sink; here a packet costs a few typed-array writes.
 */
export class Flows {
  readonly table: FlowTable;
  readonly frame: FrameMeta = new FrameMeta();
  /** Set when the last packet was the first of its slot in the current window. */
  touched = false;
  /** The slot of the last packet, and whether it is a new flow. */
  slot = 0;
  created = false;

  readonly tracker: TcpTracker;
  readonly datagrams: DatagramTracker;
  readonly #dnsTimers: DnsTimers;
  readonly #clock: FlowClock;
  readonly #sink: FlowSink;

  constructor(capacity: number, seed: Uint32Array, clock: FlowClock, sink: FlowSink) {
    this.#clock = clock;
    this.#sink = sink;
    this.table = new FlowTable(capacity, seed, clock, sink);
    const ports = new ServerPorts();
    this.tracker = new TcpTracker(this.table.u32, this.table.f64, clock, ports);
    this.datagrams = new DatagramTracker(this.table.u32, this.table.f64, clock, ports);
    this.#dnsTimers = new DnsTimers(this.table.u32, this.table.f64, clock);
  }

  /** A packet with its transport header decoded, innermost. */
  packet(fields: PacketFields): void {
    const { protocol } = fields;
    const { table, tracker, datagrams } = this;
    this.#dnsTimers.run();
    const kind = protocol | (fields.realm << KIND_REALM_SHIFT);
    let slot = table.lookup(fields.address, 0, fields.sourcePort, fields.destinationPort, kind);
    if (protocol === IpProtocol.TCP) {
      if (!table.created && tracker.reused(slot, fields)) slot = table.renew(slot);
      if (table.created) tracker.open(slot, fields, table.direction);
      // What comes after both ends closed does not lengthen the connection, but counts.
      this.#add(slot, fields.ipLength, tracker.packet(slot, fields, table.direction));
      return;
    }
    if (table.created) {
      datagrams.open(slot, fields, table.direction);
      if (protocol === IpProtocol.UDP && datagrams.isDns(slot)) this.#dnsTimers.start(slot, this.frame.seconds, 0);
    }
    datagrams.packet(slot, fields, table.direction);
    this.#add(slot, fields.ipLength, 1);
  }

  /** A packet of which only the addresses are known: a fragment, or one whose transport header did not decode. */
  addresses(fields: PacketFields): void {
    this.#dnsTimers.run();
    const kind = KIND_FRAGMENT | (fields.realm << KIND_REALM_SHIFT);
    this.#add(this.table.lookup(fields.address, 0, 0, 0, kind), fields.ipLength, 1);
    this.#expireIn(timeouts.unknown);
  }

  /** The carrier of a tunnel: outer header `n` of the packet, in the realm with that number. */
  outer(fields: PacketFields, n: number, realm: number): void {
    this.#dnsTimers.run();
    const source = fields.outerPorts[2 * n]!;
    const destination = fields.outerPorts[2 * n + 1]!;
    const kind = KIND_OUTER | fields.outerProtocol[n]! | (realm << KIND_REALM_SHIFT);
    const { table, datagrams } = this;
    const slot = table.lookup(fields.outerAddress, n * 8, source, destination, kind);
    if (table.created) datagrams.openCarrier(slot, fields, n, table.direction);
    datagrams.carrier(slot, fields, n, table.direction);
    this.#add(slot, fields.outerIpLength[n]!, 1);
  }

  #expireIn(seconds: number): void {
    this.table.f64[this.slot * SLOT_DOUBLES + Double.EXPIRES] = this.#clock.now[0]! + seconds;
  }

  /** Adds the frame at hand to the slot that was just looked up; `length` is that of the IP packet. `lengthens` is 0 when it leaves the flow's last time alone. */
  #add(slot: number, length: number, lengthens: number): void {
    const { table, frame } = this;
    const { u32, f64, direction } = table;
    const word = slot * SLOT_WORDS;
    const double = slot * SLOT_DOUBLES;
    this.slot = slot;
    this.created = table.created;
    if (table.created) {
      f64[double + Double.FIRST_SECONDS] = frame.seconds[0]!;
      u32[word + Word.FIRST_NANOS] = frame.nanos;
    }
    if (lengthens !== 0) {
      f64[double + Double.LAST_SECONDS] = frame.seconds[0]!;
      u32[word + Word.LAST_NANOS] = frame.nanos;
    }
    f64[double + Double.PACKETS_A + direction]! += 1;
    f64[double + Double.OCTETS_A + direction]! += frame.octets;
    f64[double + Double.IP_A + direction]! += length;
    this.touched = f64[double + Double.WINDOW] !== frame.window;
    if (this.touched) {
      if ((u32[word + Word.DELTA_PACKETS_A]! | u32[word + Word.DELTA_PACKETS_B]!) !== 0) this.#sink.feed(slot);
      f64[double + Double.WINDOW] = frame.window;
    }
    u32[word + Word.DELTA_PACKETS_A + direction]! += 1;
    f64[double + Double.DELTA_OCTETS_A + direction]! += frame.octets;
  }
}
