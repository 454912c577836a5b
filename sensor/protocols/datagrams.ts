import type { ProtocolCounters, StageCounters } from './counters.ts';
import { type DatagramAnalyser, type DatagramProtocol, MOST_UNSURE, type ProtocolFlow, Sign } from './protocol.ts';

/**
 * Datagrams of a flow that recognition by content looks at, and octets after which it stops, as Zeek's does: what comes
 * after some STUN is found still.
 */
const LOOKED_DATAGRAMS = 16;
const LOOKED_OCTETS = 1024;

/** What a flow of datagrams needs of the stage. */
export interface DatagramContext {
  readonly counters: StageCounters;
  /** Protocols that can be told by content. */
  readonly recognised: readonly DatagramProtocol[];
  countersOf(protocol: DatagramProtocol): ProtocolCounters;
  viewOf(protocol: DatagramProtocol): ProtocolFlow & { readonly isConfirmed: boolean };
}

interface Worker {
  readonly view: { readonly isConfirmed: boolean };
  readonly analyser: DatagramAnalyser;
  readonly counters: ProtocolCounters;
  readonly unsure: [number, number];
}

/** The analysers of a flow of datagrams: those that its port suggests, and those that its first datagrams show. */
export class Datagrams {
  readonly #context: DatagramContext;
  #workers: Worker[] = [];
  #left: readonly DatagramProtocol[];
  #looks = 0;
  #looked = 0;

  constructor(context: DatagramContext, expected: readonly DatagramProtocol[]) {
    this.#context = context;
    for (const protocol of expected) this.#workers.push(this.#begin(protocol));
    this.#left = context.recognised.filter((protocol) => !expected.includes(protocol));
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
  }

  finish(time: number): void {
    for (const { analyser } of this.#workers) analyser.finish(time);
    this.#workers.length = 0;
    this.#left = [];
  }

  #begin(protocol: DatagramProtocol): Worker {
    const counters = this.#context.countersOf(protocol);
    counters.created++;
    const view = this.#context.viewOf(protocol);
    return { view, analyser: protocol.create(view), counters, unsure: [0, 0] };
  }

  #recognise(isOrig: boolean, bytes: Uint8Array, from: number, to: number): void {
    const { counters } = this.#context;
    const found: DatagramProtocol[] = [];
    for (const protocol of this.#left) {
      counters.looks++;
      counters.lookedOctets += to - from;
      if (protocol.recognise!(isOrig, bytes, from, to) !== Sign.YES) continue;
      found.push(protocol);
      this.#workers.push(this.#begin(protocol));
    }
    this.#looks++;
    this.#looked += to - from;
    if (this.#looks >= LOOKED_DATAGRAMS || this.#looked > LOOKED_OCTETS) this.#left = [];
    else if (found.length > 0) this.#left = this.#left.filter((protocol) => !found.includes(protocol));
  }

  #give(worker: Worker, isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    const { analyser, counters, unsure, view } = worker;
    if (analyser.isDone) return;
    if (!view.isConfirmed && analyser.isSure !== true) {
      const side = isOrig ? 0 : 1;
      // A datagram is looked at as a whole or not at all.
      if (unsure[side] >= MOST_UNSURE) return;
      unsure[side] += to - from;
    }
    counters.entered++;
    const before = analyser.looked;
    analyser.datagram(isOrig, bytes, from, to, time);
    counters.octets += before === undefined ? to - from : (analyser.looked ?? before) - before;
  }
}
