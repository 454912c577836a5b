import { IpProtocol } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import type { Flows } from '../flow/flows.ts';
import { SLOT_WORDS, StateBit, Word } from '../flow/layout.ts';
import type { StreamSink } from '../flow/streams/streamSink.ts';
import type { Streams } from '../flow/streams/streams.ts';
import { ProtocolCounters, type StageCounters } from './counters.ts';
import { Datagrams } from './datagrams.ts';
import { type FlowAccess, FlowFindings, FlowView } from './flow.ts';
import type { DatagramProtocol, Protocol, StreamProtocol } from './protocol.ts';
import { Stream } from './stream.ts';

/** What is known of a slot: nothing yet, that its flow is looked at, that it is not any more. */
const UNKNOWN = 0;
const WATCHED = 1;
const LEFT = 2;

/** A flow that is looked at. */
interface Watched {
  readonly findings: FlowFindings;
  readonly stream: Stream | undefined;
  readonly datagrams: Datagrams | undefined;
}

/** Flows that are watched at a time, and octets that may wait in all of them for what they turn out to be. */
export const MOST_WATCHED = 65_536;
export const MOST_HELD = 16 << 20;

const noServices: readonly string[] = [];

/**
 * Application protocols of one pipeline: who is asked about which flow, until nobody wants more of it. State begins with
 * a flow's first payload, so that scans and floods cost a look at one octet a packet.
 */
export class Protocols {
  readonly counters: StageCounters;
  readonly #access: FlowAccess;
  readonly #flows: Flows;
  readonly #streams: Streams;
  readonly #status: Uint8Array;
  readonly #watched: Map<number, Watched> = new Map();
  /** Findings of flows that are not looked at any more, until these are over. */
  readonly #left: Map<number, FlowFindings> = new Map();
  readonly #counters: Map<Protocol, ProtocolCounters> = new Map();
  readonly #streamsByPort: Map<number, StreamProtocol[]> = new Map();
  readonly #datagramsByPort: Map<number, DatagramProtocol[]> = new Map();
  readonly #streamsByContent: readonly StreamProtocol[];
  readonly #datagramsByContent: readonly DatagramProtocol[];
  readonly #ticks: readonly ((time: number) => void)[];

  constructor(protocols: readonly Protocol[], flows: Flows, streams: Streams, access: FlowAccess) {
    this.#access = access;
    this.#flows = flows;
    this.#streams = streams;
    this.#status = new Uint8Array(flows.table.capacity);
    for (const protocol of protocols) {
      this.#counters.set(protocol, new ProtocolCounters());
      for (const port of protocol.ports) {
        if (protocol.transport === 'tcp') push(this.#streamsByPort, port, protocol);
        else push(this.#datagramsByPort, port, protocol);
      }
    }
    this.#streamsByContent = protocols.filter(
      (protocol): protocol is StreamProtocol => protocol.transport === 'tcp' && protocol.recognise !== undefined,
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

  /** Flows that are looked at now. */
  get watched(): number {
    return this.#watched.size;
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
  }

  /** The flow is over, last seen at `time`: rows that wait are made. Answers with the services that were found. */
  end(slot: number, time: number): readonly string[] {
    const status = this.#status[slot];
    this.#status[slot] = UNKNOWN;
    if (status === UNKNOWN) return noServices;
    if (status === LEFT) {
      const findings = this.#left.get(slot);
      this.#left.delete(slot);
      return findings?.services ?? noServices;
    }
    const watched = this.#watched.get(slot);
    if (watched === undefined) return noServices;
    const { stream, datagrams, findings } = watched;
    if (stream !== undefined) {
      this.#streams.end(slot, time, stream);
      stream.finish(time);
    }
    datagrams?.finish(time);
    this.#watched.delete(slot);
    return findings.services;
  }

  #segment(slot: number, fields: PacketFields, time: number): void {
    let watched: Watched | undefined;
    if (this.#status[slot] === UNKNOWN) {
      if (fields.payloadLength === 0) return;
      const findings = new FlowFindings();
      const port = this.#responderPort(slot);
      const stream = this.#stream(slot, findings, this.#streamsByPort.get(port) ?? []);
      watched = this.#watch(slot, { findings, stream, datagrams: undefined }, time);
    } else {
      watched = this.#watched.get(slot);
    }
    if (watched?.stream === undefined) return;
    this.#streams.packet(slot, fields, this.#flows.table.direction, time, watched.stream);
    if (!watched.stream.isLeft) return;
    this.#streams.drop(slot);
    this.#leave(slot, watched);
  }

  #datagram(slot: number, fields: PacketFields, time: number): void {
    if (fields.payloadCaptured === 0) return;
    let watched: Watched | undefined;
    if (this.#status[slot] === UNKNOWN) {
      const findings = new FlowFindings();
      const expected = this.#datagramsByPort.get(this.#responderPort(slot)) ?? [];
      const datagrams = new Datagrams(
        {
          counters: this.counters,
          recognised: this.#datagramsByContent,
          countersOf: (protocol) => this.#counters.get(protocol)!,
          viewOf: (protocol) => this.#view(slot, 'udp', findings, protocol),
        },
        expected,
      );
      watched = this.#watch(slot, { findings, stream: undefined, datagrams }, time);
    } else {
      watched = this.#watched.get(slot);
    }
    if (watched?.datagrams === undefined) return;
    const isOrig = this.#flows.table.direction === this.#access.originator(slot);
    const from = fields.payloadOffset;
    watched.datagrams.datagram(isOrig, fields.bytes, from, from + fields.payloadCaptured, time);
    if (watched.datagrams.isLeft) this.#leave(slot, watched);
  }

  #watch(slot: number, watched: Watched, time: number): Watched {
    if (this.#watched.size >= MOST_WATCHED || this.counters.heldOctets > MOST_HELD) this.#shed(time);
    this.#status[slot] = WATCHED;
    this.#watched.set(slot, watched);
    return watched;
  }

  /** Lets go of the flow that has been watched longest: its rows are made of what is known. */
  #shed(time: number): void {
    for (const [slot, watched] of this.#watched) {
      this.counters.shedFlows++;
      if (watched.stream !== undefined) this.#streams.drop(slot);
      watched.stream?.finish(time);
      watched.datagrams?.finish(time);
      this.#leave(slot, watched);
      return;
    }
  }

  #leave(slot: number, { findings }: Watched): void {
    this.#watched.delete(slot);
    this.#status[slot] = LEFT;
    this.counters.leftFlows++;
    if (findings.services.length > 0) this.#left.set(slot, findings);
  }

  #stream(slot: number, findings: FlowFindings, expected: readonly StreamProtocol[]): Stream {
    return new Stream(
      {
        counters: this.counters,
        recognised: this.#streamsByContent,
        countersOf: (protocol) => this.#counters.get(protocol)!,
        viewOf: (protocol) => this.#view(slot, 'tcp', findings, protocol),
      },
      expected,
    );
  }

  #view(slot: number, transport: 'tcp' | 'udp', findings: FlowFindings, protocol: Protocol): FlowView {
    const inner = (): StreamSink => this.#stream(slot, findings, []);
    return new FlowView(slot, transport, this.#access, findings, this.#counters.get(protocol)!, inner);
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
