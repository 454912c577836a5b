import { IpProtocol } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import type { Flows } from '../flow/flows.ts';
import { SLOT_WORDS, StateBit, Word } from '../flow/layout.ts';
import type { StreamSink } from '../flow/streams/streamSink.ts';
import type { Streams } from '../flow/streams/streams.ts';
import { ProtocolCounters, type StageCounters } from './counters.ts';
import { Datagrams, isEnough, recognise } from './datagrams.ts';
import { type FlowAccess, FlowFindings, FlowView, type Found, type ProtocolContext } from './flow.ts';
import { FoundBySlot } from './foundBySlot.ts';
import type { DatagramProtocol, Protocol, StreamProtocol } from './protocol.ts';
import { Stream } from './stream.ts';

/**
 * What is known of a slot: nothing yet, that its flow is looked at, that it is not any more; from LOOKED on, how many
 * datagrams have shown nothing.
 */
const UNKNOWN = 0;
const WATCHED = 1;
const LEFT = 2;
const LOOKED = 3;

const noStreams: readonly StreamProtocol[] = [];

/** A flow that is looked at. */
interface Watched {
  readonly findings: FlowFindings;
  readonly stream: Stream | undefined;
  readonly datagrams: Datagrams | undefined;
  /** It was let go once while its analysers had nothing to wait for. */
  readonly isResumed: boolean;
}

/** Octets of memory that the flows that are looked at may take, if nobody says another number. */
export const MOST_HELD: number = 256 << 20;

/**
 * Application protocols of one pipeline: who is asked about which flow, until nobody wants more of it. State begins with
 * a flow's first payload, so that scans and floods cost a look at one octet a packet.
 */
export class Protocols implements ProtocolContext {
  readonly counters: StageCounters;
  readonly access: FlowAccess;
  readonly #recognised: readonly StreamProtocol[];
  readonly #recognisedBut: WeakMap<readonly StreamProtocol[], readonly StreamProtocol[]> = new WeakMap();
  readonly #flows: Flows;
  readonly #streams: Streams;
  readonly #status: Uint8Array;
  /** By slot. */
  readonly #watched: (Watched | undefined)[];
  #watchedCount = 0;
  /** Where the look for a flow that makes way goes on. */
  #hand = 0;
  /** Datagrams whose content was looked at of flows that rest; octets of them, or of those that have shown nothing. By slot. */
  readonly #looks: Uint8Array;
  readonly #looked: Uint16Array;
  /** Findings of flows that are not looked at, until these are over. */
  readonly #found: FoundBySlot;
  readonly #mostHeld: number;
  readonly #counters: Map<Protocol, ProtocolCounters> = new Map();
  readonly #streamsByPort: Map<number, StreamProtocol[]> = new Map();
  readonly #datagramsByPort: Map<number, DatagramProtocol[]> = new Map();
  readonly #datagramsByContent: readonly DatagramProtocol[];
  readonly #others: Map<readonly DatagramProtocol[], readonly DatagramProtocol[]> = new Map();
  /** The one whose connections another announces, and those of a port with it. */
  readonly #announced: StreamProtocol | undefined;
  readonly #withAnnounced: Map<readonly StreamProtocol[], readonly StreamProtocol[]> = new Map();
  readonly #words: Uint32Array = new Uint32Array(4);
  readonly #ticks: readonly ((time: number) => void)[];

  /** Above `mostHeld` octets of memory, flows that were looked at for long make way. */
  constructor(
    protocols: readonly Protocol[],
    flows: Flows,
    streams: Streams,
    access: FlowAccess,
    mostHeld: number = MOST_HELD,
  ) {
    this.#mostHeld = mostHeld;
    this.access = access;
    this.#flows = flows;
    this.#streams = streams;
    const { capacity } = flows.table;
    this.#status = new Uint8Array(capacity);
    this.#looks = new Uint8Array(capacity);
    this.#looked = new Uint16Array(capacity);
    this.#found = new FoundBySlot(capacity);
    this.#watched = Array<Watched | undefined>(capacity).fill(undefined);
    for (const protocol of protocols) {
      this.#counters.set(protocol, new ProtocolCounters());
      for (const port of protocol.ports) {
        if (protocol.transport === 'tcp') push(this.#streamsByPort, port, protocol);
        else push(this.#datagramsByPort, port, protocol);
      }
    }
    this.#recognised = protocols.filter(
      (protocol): protocol is StreamProtocol => protocol.transport === 'tcp' && protocol.recognise !== undefined,
    );
    this.#announced = protocols.find(
      (protocol): protocol is StreamProtocol => protocol.transport === 'tcp' && protocol.expected !== undefined,
    );
    this.#datagramsByContent = protocols.filter(
      (protocol): protocol is DatagramProtocol => protocol.transport === 'udp' && protocol.recognise !== undefined,
    );
    this.#ticks = protocols.flatMap(({ tick }) => tick ?? []);
    this.counters = {
      protocols: this.#counters,
      looks: 0,
      lookedOctets: 0,
      leftFlows: 0,
      leftPackets: 0,
      shedFlows: 0,
      heldOctets: 0,
    };
  }

  countersOf(protocol: Protocol): ProtocolCounters {
    return this.#counters.get(protocol)!;
  }

  view(slot: number, transport: 'tcp' | 'udp', findings: FlowFindings, counters: ProtocolCounters): FlowView {
    return new FlowView(slot, transport, this, findings, counters);
  }

  inner(slot: number, findings: FlowFindings): StreamSink {
    return new Stream(this, slot, findings, []);
  }

  recognisedBut(expected: readonly StreamProtocol[]): readonly StreamProtocol[] {
    if (expected.length === 0) return this.#recognised;
    let others = this.#recognisedBut.get(expected);
    if (others === undefined) {
      others = this.#recognised.filter((protocol) => !expected.includes(protocol));
      this.#recognisedBut.set(expected, others);
    }
    return others;
  }

  /** Flows that are looked at now. */
  get watched(): number {
    return this.#watchedCount;
  }

  /** Time has come to that, whatever the packet at hand is; called before `packet`. */
  tick(time: number): void {
    for (const tick of this.#ticks) tick(time);
  }

  /** The packet at hand, which the flow table has counted: `time` is its own, in seconds. */
  packet(fields: PacketFields, time: number): void {
    const { slot } = this.#flows;
    if (this.#status[slot] === LEFT) {
      this.counters.leftPackets++;
      return;
    }
    if (fields.protocol === IpProtocol.TCP) this.#segment(slot, fields, time);
    else if (fields.protocol === IpProtocol.UDP) this.#datagram(slot, fields, time);
    while (this.counters.heldOctets > this.#mostHeld && this.#watchedCount > 0) this.#shed(time);
  }

  /** The flow is over, last seen at `time`: rows that wait are made. Answers with what was found, if anything was. */
  end(slot: number, time: number): Found | undefined {
    this.#status[slot] = UNKNOWN;
    const watched = this.#watched[slot];
    if (watched === undefined) return this.#found.take(slot);
    const { stream, datagrams, findings } = watched;
    if (stream !== undefined) {
      this.#streams.end(slot, time, stream);
      stream.finish(time);
    }
    datagrams?.finish(time);
    this.#forget(slot);
    return findings;
  }

  #segment(slot: number, fields: PacketFields, time: number): void {
    let watched: Watched | undefined;
    if (this.#status[slot] === UNKNOWN) {
      if (fields.payloadLength === 0) return;
      const findings = new FlowFindings();
      const port = this.#responderPort(slot);
      const stream = new Stream(this, slot, findings, this.#expected(slot, port, time));
      watched = this.#watch(slot, { findings, stream, datagrams: undefined, isResumed: false });
    } else {
      watched = this.#watched[slot];
    }
    if (watched?.stream === undefined) return;
    this.#streams.packet(slot, fields, this.#flows.table.direction, time, watched.stream);
    if (!watched.stream.isLeft) return;
    this.#streams.drop(slot);
    this.#leave(slot, watched);
  }

  /** Protocols of a stream by its responder. */
  #expected(slot: number, port: number, time: number): readonly StreamProtocol[] {
    const byPort = this.#streamsByPort.get(port) ?? noStreams;
    const announced = this.#announced;
    if (announced?.expected === undefined || announced.expected.size === 0) return byPort;
    this.access.address(slot, false, this.#words, 0);
    if (!announced.expected.take(this.#words, port, time)) return byPort;
    let both = this.#withAnnounced.get(byPort);
    // As many as there are ports.
    if (both === undefined) this.#withAnnounced.set(byPort, (both = [...byPort, announced]));
    return both;
  }

  #datagram(slot: number, fields: PacketFields, time: number): void {
    if (fields.payloadCaptured === 0) return;
    const { bytes } = fields;
    const from = fields.payloadOffset;
    const to = from + fields.payloadCaptured;
    const isOrig = this.#flows.table.direction === this.access.originator(slot);
    const watched = this.#watched[slot] ?? this.#beginDatagrams(slot, isOrig, bytes, from, to);
    if (watched?.datagrams === undefined) return;
    watched.datagrams.datagram(isOrig, bytes, from, to, time);
    if (watched.datagrams.isLeft) this.#leave(slot, watched);
    else if (!watched.isResumed && watched.datagrams.isIdle) this.#rest(slot, watched, time);
  }

  /** Begins to watch a flow if its port speaks of a protocol, or this datagram does. Nothing is made of others. */
  #beginDatagrams(slot: number, isOrig: boolean, bytes: Uint8Array, from: number, to: number): Watched | undefined {
    const status = this.#status[slot]!;
    const expected = status === UNKNOWN ? this.#datagramsByPort.get(this.#responderPort(slot)) : undefined;
    if (expected !== undefined) {
      const before = this.#found.take(slot);
      const findings = new FlowFindings(before);
      const others = this.#othersThan(expected);
      if (before === undefined) {
        const datagrams = new Datagrams(this, slot, findings, expected, others);
        return this.#watch(slot, { findings, stream: undefined, datagrams, isResumed: false });
      }
      const looks = { looks: this.#looks[slot]!, looked: this.#looked[slot]! };
      const datagrams = new Datagrams(this, slot, findings, expected, others, looks);
      return this.#watch(slot, { findings, stream: undefined, datagrams, isResumed: true });
    }
    const found = recognise(this.#datagramsByContent, this.counters, isOrig, bytes, from, to);
    if (found === undefined) {
      const count = status === UNKNOWN ? 1 : status - LOOKED + 1;
      const octets = Math.min((status === UNKNOWN ? 0 : this.#looked[slot]!) + to - from, 0xffff);
      this.#looked[slot] = octets;
      this.#status[slot] = LOOKED + count;
      if (!isEnough(count, octets)) return undefined;
      this.#status[slot] = LEFT;
      this.counters.leftFlows++;
      return undefined;
    }
    const findings = new FlowFindings(this.#found.take(slot));
    const datagrams = new Datagrams(this, slot, findings, [found], []);
    return this.#watch(slot, { findings, stream: undefined, datagrams, isResumed: false });
  }

  #watch(slot: number, watched: Watched): Watched {
    this.#status[slot] = WATCHED;
    this.#watched[slot] = watched;
    this.#watchedCount++;
    return watched;
  }

  /**
   * Lets go of a flow that has been watched for long: its rows are made of what is known. One whose analysers know
   * nothing that they need later is only let go until its next datagram.
   */
  #shed(time: number): void {
    const { length } = this.#watched;
    for (let n = 0; n < length; n++) {
      if (this.#hand >= length) this.#hand = 0;
      const slot = this.#hand++;
      const watched = this.#watched[slot];
      if (watched === undefined) continue;
      const isIdle = watched.datagrams?.isIdle === true;
      if (!isIdle) this.counters.shedFlows++;
      if (watched.stream !== undefined) this.#streams.drop(slot);
      watched.stream?.finish(time);
      watched.datagrams?.finish(time);
      if (isIdle) {
        this.#park(slot, watched);
      } else {
        this.#leave(slot, watched);
      }
      return;
    }
  }

  /**
   * Lets go of a flow until its next datagram, the first time that its analysers have nothing to wait for: most of DNS is
   * one query and its answer, and objects that live as long as their flow cost the garbage collector most of its time.
   */
  #rest(slot: number, watched: Watched, time: number): void {
    if (!watched.findings.isPlain || !this.#datagramsByPort.has(this.#responderPort(slot))) return;
    watched.datagrams?.finish(time);
    this.#park(slot, watched);
  }

  #park(slot: number, { findings, datagrams }: Watched): void {
    this.#forget(slot);
    this.#status[slot] = UNKNOWN;
    this.#looks[slot] = datagrams?.looks ?? 0;
    this.#looked[slot] = Math.min(datagrams?.looked ?? 0, 0xffff);
    this.#found.put(slot, findings);
  }

  /** Protocols that content may show beside those that are expected; made once for each list of these. */
  #othersThan(expected: readonly DatagramProtocol[]): readonly DatagramProtocol[] {
    let others = this.#others.get(expected);
    if (others === undefined) {
      others = this.#datagramsByContent.filter((protocol) => !expected.includes(protocol));
      this.#others.set(expected, others);
    }
    return others;
  }

  #forget(slot: number): void {
    this.#watched[slot] = undefined;
    this.#watchedCount--;
  }

  #leave(slot: number, { findings }: Watched): void {
    this.#forget(slot);
    this.#status[slot] = LEFT;
    this.counters.leftFlows++;
    this.#found.put(slot, findings);
  }

  #responderPort(slot: number): number {
    const { u32 } = this.#flows.table;
    const at = slot * SLOT_WORDS;
    const ports = u32[at + Word.PORTS]!;
    return (u32[at + Word.STATE]! & StateBit.ORIG_B) === 0 ? ports & 0xffff : ports >>> 16;
  }
}

function push<T>(map: Map<number, T[]>, port: number, protocol: T): void {
  const list = map.get(port);
  if (list === undefined) map.set(port, [protocol]);
  else list.push(protocol);
}
