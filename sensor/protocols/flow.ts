import type { ProtocolCounters, StageCounters } from './counters.ts';
import type { Emit, EncryptedDns, FlowId, Protocol, ProtocolFlow, StreamProtocol, StreamSink } from './protocol.ts';

/** What the flow table knows of a flow and does to it, for the protocols' side. */
export interface FlowAccess {
  readonly emit: Emit;
  /** 0 or 1: which end of the slot's key is the originator. */
  originator(slot: number): number;
  id(slot: number): FlowId;
  port(slot: number, isOrig: boolean): number;
  address(slot: number, isOrig: boolean, words: Uint32Array, at: number): void;
  payload(slot: number): number;
  isLocal(slot: number, isOrig: boolean): boolean;
  isPartial(slot: number): boolean;
  turnRound(slot: number): boolean;
  /** The letter for what is no protocol that it was taken for. */
  violation(slot: number): void;
  weird(flow: ProtocolFlow, name: string, addl: string | undefined): void;
}

const nothing: readonly string[] = [];

/** What is kept of a flow's findings when nobody looks at it. */
export interface Found {
  readonly services: readonly string[];
  readonly hiddenDns: EncryptedDns | undefined;
}

/** What protocols found out about a flow; what its row in `conn.log` takes from there. */
export class FlowFindings implements Found {
  services: readonly string[];
  isRefused = false;
  hiddenDns: EncryptedDns | undefined;
  #weirds: Set<string> | undefined;

  /** `before`: what was found earlier. */
  constructor(before?: Found) {
    this.services = before?.services ?? nothing;
    this.hiddenDns = before?.hiddenDns;
  }

  add(service: string): void {
    if (!this.services.includes(service)) this.services = [...this.services, service];
  }

  remove(service: string): void {
    if (this.services.includes(service)) this.services = this.services.filter((name) => name !== service);
  }

  /** Nothing but services is known that is not known later from these alone. */
  get isPlain(): boolean {
    return !this.isRefused && this.#weirds === undefined;
  }

  /** Whether that is told for the first time. */
  isNew(weird: string): boolean {
    this.#weirds ??= new Set();
    if (this.#weirds.has(weird)) return false;
    this.#weirds.add(weird);
    return true;
  }
}

/** What flows' analysers have in common: one object a stage. */
export interface ProtocolContext {
  readonly access: FlowAccess;
  readonly counters: StageCounters;
  /** Protocols over TCP that can be told by content, but those. */
  recognisedBut(expected: readonly StreamProtocol[]): readonly StreamProtocol[];
  countersOf(protocol: Protocol): ProtocolCounters;
  view(slot: number, transport: 'tcp' | 'udp', findings: FlowFindings, counters: ProtocolCounters): FlowView;
  /** A stream within the flow's. */
  inner(slot: number, findings: FlowFindings): StreamSink;
}

/** A flow in the view of one protocol. */
export class FlowView implements ProtocolFlow {
  readonly slot: number;
  readonly transport: 'tcp' | 'udp';
  readonly emit: Emit;
  isConfirmed = false;
  readonly #context: ProtocolContext;
  readonly #findings: FlowFindings;
  readonly #counters: ProtocolCounters;
  #id: FlowId | undefined;
  #originator = -1;
  #isRefused = false;

  constructor(
    slot: number,
    transport: 'tcp' | 'udp',
    context: ProtocolContext,
    findings: FlowFindings,
    counters: ProtocolCounters,
  ) {
    this.slot = slot;
    this.transport = transport;
    this.emit = context.access.emit;
    this.#context = context;
    this.#findings = findings;
    this.#counters = counters;
  }

  get isPartial(): boolean {
    return this.#context.access.isPartial(this.slot);
  }

  get id(): FlowId {
    const originator = this.#context.access.originator(this.slot);
    if (this.#id === undefined || originator !== this.#originator) {
      this.#originator = originator;
      this.#id = this.#context.access.id(this.slot);
    }
    return this.#id;
  }

  get isOrigLocal(): boolean {
    return this.#context.access.isLocal(this.slot, true);
  }

  get isRespLocal(): boolean {
    return this.#context.access.isLocal(this.slot, false);
  }

  port(isOrig: boolean): number {
    return this.#context.access.port(this.slot, isOrig);
  }

  address(isOrig: boolean, words: Uint32Array, at: number): void {
    this.#context.access.address(this.slot, isOrig, words, at);
  }

  payload(): number {
    return this.#context.access.payload(this.slot);
  }

  confirm(service: string): void {
    if (!this.isConfirmed) this.#counters.confirmed++;
    this.isConfirmed = true;
    this.#findings.add(service);
  }

  hidesDns(kind: EncryptedDns): void {
    this.#findings.hiddenDns = kind;
  }

  retract(service: string): void {
    this.#findings.remove(service);
  }

  violation(): void {
    if (!this.#isRefused) this.#counters.refused++;
    this.#isRefused = true;
    if (!this.#findings.isRefused) this.#context.access.violation(this.slot);
    this.#findings.isRefused = true;
  }

  turnRound(): boolean {
    return this.#context.access.turnRound(this.slot);
  }

  weird(name: string, addl?: string): void {
    if (this.#findings.isNew(name)) this.#context.access.weird(this, name, addl);
  }

  inner(): StreamSink {
    return this.#context.inner(this.slot, this.#findings);
  }
}
