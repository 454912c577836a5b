import type { ProtocolCounters } from './counters.ts';
import type { FlowFindings, ProtocolContext } from './flow.ts';
import { MOST_UNSURE, type StreamAnalyser, type StreamProtocol, type StreamSink } from './protocol.ts';
import { Recognition } from './recognition.ts';

/** What a stream that is looked at takes in memory, and each analyser of it, beside what these hold: measured, about. */
const STREAM_OCTETS = 2048;
const ANALYSER_OCTETS = 2048;

/** An analyser at work. */
interface Worker {
  readonly protocol: StreamProtocol;
  readonly view: { readonly isConfirmed: boolean };
  readonly analyser: StreamAnalyser;
  readonly counters: ProtocolCounters;
  /** Octets it was given by direction while it was not sure. */
  readonly unsure: [number, number];
}

/**
 * One stream's analysers: those that its port suggests from the first octet on, and those that its content shows, which
 * get what came before.
 */
export class Stream implements StreamSink {
  readonly #context: ProtocolContext;
  readonly #slot: number;
  readonly #findings: FlowFindings;
  #workers: Worker[] = [];
  #recognition: Recognition | undefined;
  /** Octets that count for it among those held. */
  #held = 0;

  constructor(context: ProtocolContext, slot: number, findings: FlowFindings, expected: readonly StreamProtocol[]) {
    this.#context = context;
    this.#slot = slot;
    this.#findings = findings;
    for (const protocol of expected) this.#workers.push(this.#begin(protocol));
    const others = context.recognisedBut(expected);
    if (others.length > 0) this.#recognition = new Recognition(others, context.counters);
    this.#count();
  }

  /** Nobody looks at it any more. */
  get isLeft(): boolean {
    return this.#workers.length === 0 && this.#recognition === undefined;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    const known = this.#workers.length;
    if (this.#recognition !== undefined) this.#recognise(this.#recognition, isOrig, bytes, from, to, time);
    for (let i = 0; i < known; i++) this.#give(this.#workers[i]!, isOrig, bytes, from, to, time);
    this.#letGo(time);
  }

  gap(isOrig: boolean, length: number, time: number): void {
    this.#recognition?.close(isOrig);
    if (this.#recognition?.isOver === true) this.#endRecognition();
    for (const { analyser } of this.#workers) if (!analyser.isDone) analyser.gap(isOrig, length, time);
    this.#letGo(time);
  }

  endOfData(isOrig: boolean, time: number): void {
    this.#recognition?.close(isOrig);
    if (this.#recognition?.isOver === true) this.#endRecognition();
    for (const { analyser } of this.#workers) if (!analyser.isDone) analyser.endOfData(isOrig, time);
    this.#letGo(time);
  }

  reset(time: number): void {
    for (const { analyser } of this.#workers) if (!analyser.isDone) analyser.reset?.(time);
    this.#letGo(time);
  }

  finish(time: number): void {
    this.#endRecognition();
    for (const { analyser } of this.#workers) analyser.finish(time);
    this.#workers.length = 0;
    this.#hold(0);
  }

  /** Counts what it takes now. */
  #count(): void {
    let octets = this.isLeft ? 0 : STREAM_OCTETS;
    for (const { analyser } of this.#workers) octets += ANALYSER_OCTETS + (analyser.held ?? 0);
    if (octets !== this.#held) this.#hold(octets);
  }

  #hold(octets: number): void {
    this.#context.counters.heldOctets += octets - this.#held;
    this.#held = octets;
  }

  #endRecognition(): void {
    this.#recognition?.release();
    this.#recognition = undefined;
  }

  #begin(protocol: StreamProtocol): Worker {
    const counters = this.#context.countersOf(protocol);
    counters.created++;
    const view = this.#context.view(this.#slot, 'tcp', this.#findings, counters);
    return { protocol, view, analyser: protocol.create(view), counters, unsure: [0, 0] };
  }

  #recognise(
    recognition: Recognition,
    isOrig: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    time: number,
  ): void {
    const kept = Math.min(to - from, recognition.room(isOrig));
    for (const protocol of recognition.add(isOrig, bytes, from, to, time)) {
      const worker = this.#begin(protocol);
      this.#workers.push(worker);
      recognition.replay((side, octets, low, high, then) => this.#give(worker, side, octets, low, high, then));
      for (const side of [true, false]) {
        const missed = recognition.missed(side);
        if (missed > 0 && !worker.analyser.isDone) worker.analyser.gap(side, missed, time);
      }
      // What there was no room to keep of the octets at hand.
      if (from + kept < to) this.#give(worker, isOrig, bytes, from + kept, to, time);
    }
    if (recognition.isOver) this.#endRecognition();
    else recognition.keep(isOrig, to - from - kept);
  }

  #give(worker: Worker, isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    const { analyser, counters, unsure, view } = worker;
    if (analyser.isDone) return;
    const side = isOrig ? 0 : 1;
    let end = to;
    if (!view.isConfirmed && analyser.isSure !== true) {
      end = Math.min(to, from + MOST_UNSURE - unsure[side]);
      if (end <= from) return;
      unsure[side] += end - from;
    }
    counters.entered++;
    counters.octets += end - from;
    analyser.data(isOrig, bytes, from, end, time);
    // It became sure by what it was given: the rest is its own.
    if (end < to && !analyser.isDone && (view.isConfirmed || analyser.isSure === true)) {
      counters.octets += to - end;
      analyser.data(isOrig, bytes, end, to, time);
    }
  }

  #letGo(time: number): void {
    let kept = 0;
    for (const worker of this.#workers) {
      const { analyser, view, unsure, counters } = worker;
      const isHopeless =
        !view.isConfirmed && analyser.isSure !== true && (unsure[0] >= MOST_UNSURE || unsure[1] >= MOST_UNSURE);
      if (analyser.isDone || isHopeless) {
        if (!analyser.isDone) counters.unsure++;
        analyser.finish(time);
      } else {
        this.#workers[kept++] = worker;
      }
    }
    this.#workers.length = kept;
    this.#count();
  }
}
