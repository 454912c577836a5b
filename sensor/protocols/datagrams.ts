import type { ProtocolCounters, StageCounters } from './counters.ts';
import type { FlowFindings, FlowView, ProtocolContext } from './flow.ts';
import { type DatagramAnalyser, type DatagramProtocol, MOST_UNSURE, Sign } from './protocol.ts';

/**
 * Datagrams of a flow that recognition by content looks at, and octets after which it stops, as Zeek's does: what comes
 * after some STUN is found still.
 */
const LOOKED_DATAGRAMS = 16;
const LOOKED_OCTETS = 1024;

/** What a flow takes in memory, and its analysers, beside what these hold: measured, about. */
const FLOW_OCTETS = 512;
const ANALYSER_OCTETS = 1024;

/** How much of a flow's content was looked at. */
export interface Looks {
  /** Datagrams, and octets of them. */
  readonly looks: number;
  readonly looked: number;
}

const noLooks: Looks = { looks: 0, looked: 0 };
const none: readonly DatagramProtocol[] = [];

/** The analyser of a flow and what counts for it. */
class Worker {
  readonly view: FlowView;
  readonly analyser: DatagramAnalyser;
  readonly counters: ProtocolCounters;
  /** Octets it was given by direction while it was not sure. */
  unsureOrig = 0;
  unsureResp = 0;

  constructor(view: FlowView, analyser: DatagramAnalyser, counters: ProtocolCounters) {
    this.view = view;
    this.analyser = analyser;
    this.counters = counters;
  }
}

/** The analysers of a flow of datagrams: those that its port suggests, and those that its first datagrams show. */
export class Datagrams {
  readonly #context: ProtocolContext;
  readonly #slot: number;
  readonly #findings: FlowFindings;
  readonly #workers: Worker[] = [];
  #left: readonly DatagramProtocol[];
  #looks = 0;
  #looked = 0;
  /** Octets that count for it among those held. */
  #held = 0;

  /** `others`: those that content may show. `before`: looks that were taken at the flow's content, and octets of them. */
  constructor(
    context: ProtocolContext,
    slot: number,
    findings: FlowFindings,
    expected: readonly DatagramProtocol[],
    others: readonly DatagramProtocol[],
    before: Looks = noLooks,
  ) {
    this.#context = context;
    this.#slot = slot;
    this.#findings = findings;
    this.#looks = before.looks;
    this.#looked = before.looked;
    this.#left = isEnough(before.looks, before.looked) ? none : others;
    for (const protocol of expected) this.#workers.push(this.#begin(protocol));
    this.#count();
  }

  /** It may begin anew with the next datagram, and nobody would know. */
  get isIdle(): boolean {
    for (const { view, analyser } of this.#workers) if (!view.isConfirmed || analyser.isIdle !== true) return false;
    return this.#workers.length > 0;
  }

  get looks(): number {
    return this.#looks;
  }

  get looked(): number {
    return this.#looked;
  }

  /** Nobody looks at it any more. */
  get isLeft(): boolean {
    return this.#workers.length === 0 && this.#left.length === 0;
  }

  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.#left.length > 0) this.#recognise(isOrig, bytes, from, to);
    for (const worker of this.#workers) this.#give(worker, isOrig, bytes, from, to, time);
    let kept = 0;
    for (const worker of this.#workers) {
      if (worker.analyser.isDone) worker.analyser.finish(time);
      else this.#workers[kept++] = worker;
    }
    this.#workers.length = kept;
    this.#count();
  }

  finish(time: number): void {
    for (const { analyser } of this.#workers) analyser.finish(time);
    this.#workers.length = 0;
    this.#left = none;
    this.#hold(0);
  }

  #count(): void {
    let octets = this.isLeft ? 0 : FLOW_OCTETS;
    for (const { analyser } of this.#workers) octets += ANALYSER_OCTETS + (analyser.held ?? 0);
    if (octets !== this.#held) this.#hold(octets);
  }

  #hold(octets: number): void {
    this.#context.counters.heldOctets += octets - this.#held;
    this.#held = octets;
  }

  #begin(protocol: DatagramProtocol): Worker {
    const counters = this.#context.countersOf(protocol);
    counters.created++;
    const view = this.#context.view(this.#slot, 'udp', this.#findings, counters);
    view.isConfirmed = this.#findings.services.includes(protocol.name);
    return new Worker(view, protocol.create(view), counters);
  }

  #recognise(isOrig: boolean, bytes: Uint8Array, from: number, to: number): void {
    const found = recognise(this.#left, this.#context.counters, isOrig, bytes, from, to);
    if (found !== undefined) this.#workers.push(this.#begin(found));
    this.#looks++;
    this.#looked += to - from;
    if (found !== undefined || isEnough(this.#looks, this.#looked)) this.#left = none;
  }

  #give(worker: Worker, isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    const { analyser, counters, view } = worker;
    if (analyser.isDone) return;
    if (!view.isConfirmed && analyser.isSure !== true) {
      // A datagram is looked at as a whole or not at all.
      if ((isOrig ? worker.unsureOrig : worker.unsureResp) >= MOST_UNSURE) return;
      if (isOrig) worker.unsureOrig += to - from;
      else worker.unsureResp += to - from;
    }
    counters.entered++;
    const before = analyser.looked;
    analyser.datagram(isOrig, bytes, from, to, time);
    counters.octets += before === undefined ? to - from : (analyser.looked ?? before) - before;
  }
}

/** The protocol that a datagram shows, if it does. */
export function recognise(
  protocols: readonly DatagramProtocol[],
  counters: StageCounters,
  isOrig: boolean,
  bytes: Uint8Array,
  from: number,
  to: number,
): DatagramProtocol | undefined {
  for (const protocol of protocols) {
    counters.looks++;
    counters.lookedOctets += to - from;
    if (protocol.recognise!(isOrig, bytes, from, to) === Sign.YES) return protocol;
  }
  return undefined;
}

/** Whether so many datagrams with so many octets in all were looked at that nothing more will show. */
export function isEnough(datagrams: number, octets: number): boolean {
  return datagrams >= LOOKED_DATAGRAMS || octets > LOOKED_OCTETS;
}
