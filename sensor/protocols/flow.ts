import type { ProtocolCounters } from './counters.ts';
import type { Emit, FlowId, ProtocolFlow, StreamSink } from './protocol.ts';

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

/** What protocols found out about a flow; what its row in `conn.log` takes from there. */
export class FlowFindings {
  readonly services: string[] = [];
  readonly weirds: Set<string> = new Set();
  isRefused = false;
}

/** A flow in the view of one protocol. */
export class FlowView implements ProtocolFlow {
  readonly slot: number;
  readonly transport: 'tcp' | 'udp';
  readonly emit: Emit;
  isConfirmed = false;
  readonly #access: FlowAccess;
  readonly #findings: FlowFindings;
  readonly #counters: ProtocolCounters;
  readonly #inner: () => StreamSink;
  #id: FlowId | undefined;
  #originator = -1;
  #isRefused = false;

  constructor(
    slot: number,
    transport: 'tcp' | 'udp',
    access: FlowAccess,
    findings: FlowFindings,
    counters: ProtocolCounters,
    inner: () => StreamSink,
  ) {
    this.slot = slot;
    this.transport = transport;
    this.emit = access.emit;
    this.#access = access;
    this.#findings = findings;
    this.#counters = counters;
    this.#inner = inner;
  }

  get isPartial(): boolean {
    return this.#access.isPartial(this.slot);
  }

  get id(): FlowId {
    const originator = this.#access.originator(this.slot);
    if (this.#id === undefined || originator !== this.#originator) {
      this.#originator = originator;
      this.#id = this.#access.id(this.slot);
    }
    return this.#id;
  }

  get isOrigLocal(): boolean {
    return this.#access.isLocal(this.slot, true);
  }

  get isRespLocal(): boolean {
    return this.#access.isLocal(this.slot, false);
  }

  port(isOrig: boolean): number {
    return this.#access.port(this.slot, isOrig);
  }

  address(isOrig: boolean, words: Uint32Array, at: number): void {
    this.#access.address(this.slot, isOrig, words, at);
  }

  payload(): number {
    return this.#access.payload(this.slot);
  }

  confirm(service: string): void {
    if (!this.isConfirmed) this.#counters.confirmed++;
    this.isConfirmed = true;
    if (!this.#findings.services.includes(service)) this.#findings.services.push(service);
  }

  retract(service: string): void {
    const at = this.#findings.services.indexOf(service);
    if (at >= 0) this.#findings.services.splice(at, 1);
  }

  violation(): void {
    if (!this.#isRefused) this.#counters.refused++;
    this.#isRefused = true;
    if (!this.#findings.isRefused) this.#access.violation(this.slot);
    this.#findings.isRefused = true;
  }

  turnRound(): boolean {
    return this.#access.turnRound(this.slot);
  }

  weird(name: string, addl?: string): void {
    if (this.#findings.weirds.has(name)) return;
    this.#findings.weirds.add(name);
    this.#access.weird(this, name, addl);
  }

  inner(): StreamSink {
    return this.#inner();
  }
}
