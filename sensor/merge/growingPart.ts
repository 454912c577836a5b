import { quantileCoins } from '../../core/summary/coin.ts';
import { type Loss, noLoss, type WindowPart } from '../../core/summary/part.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { type KeyedValues, Summary } from '../../core/summary/summary.ts';
import type { WindowSummary } from '../window/part.ts';

/** Keys that a list keeps while it grows: 8 times what the longest period ships. Nine lists of so many are 2 MiB. */
const LIST_ROOM = 4096;
/** The capacity that shipped lists state: what a merge of them keeps. */
const LIST_CAPACITY = 1024;

/** A span with nothing in it has `from` = `to`. */
interface Span {
  from: number;
  to: number;
}

/**
 * A part while it still grows: of a window whose workers are not all there, or of a longer period. Its lists are uncut, up
 * to a bound, so that what is slow and steady is not lost below the cut of each window.
 */
export class GrowingPart {
  readonly start: number;
  readonly seconds: number;
  packets = 0;
  octets = 0;
  loss: Loss = noLoss;
  covered: Span;
  readonly summary: Summary;
  /** Something in it was not keyed, or with another seed: keyed sections would say too little. */
  #isUnkeyed = false;

  /** `coin`: the tap's (`coinOf`). */
  constructor(start: number, seconds: number, coin: number, summary: Summary = emptySummary()) {
    this.start = start;
    this.seconds = seconds;
    this.covered = { from: start, to: start };
    this.summary = summary;
    for (const rows of summary.lists()) rows.capacity = LIST_ROOM;
    for (const [name, own] of Object.entries(quantileCoins)) {
      summary.values[name as keyof typeof quantileCoins].seed = (start ^ seconds ^ coin ^ own) >>> 0;
    }
  }

  /** Of one worker's window, whose summary it takes over. */
  static of(window: WindowSummary, seconds: number, coin: number): GrowingPart {
    const part = new GrowingPart(window.start, seconds, coin, window.summary);
    part.#count(window);
    part.covered = { from: window.coveredFrom, to: window.coveredTo };
    return part;
  }

  /** Takes in what another worker saw of the same window. Covered is the time in which both were there. */
  addWorker(other: GrowingPart): void {
    this.#mergeSummary(other);
    this.#count(other);
    const from = Math.max(this.covered.from, other.covered.from);
    this.covered = { from, to: Math.max(from, Math.min(this.covered.to, other.covered.to)) };
  }

  /** Takes in a shorter part of its period, which is left as it is. Covered is the least span that holds all of them. */
  add(other: GrowingPart): void {
    this.#mergeSummary(other);
    this.#count(other);
    const { from, to } = other.covered;
    if (to === from) return;
    const isFirst = this.covered.to === this.covered.from;
    this.covered = isFirst
      ? { from, to }
      : { from: Math.min(this.covered.from, from), to: Math.max(this.covered.to, to) };
  }

  /** As it is shipped. The summary's lists are cut: it must not grow any more. */
  toPart(tap: string, windowSeconds: number): WindowPart {
    const { start, seconds, packets, octets, loss, covered, summary } = this;
    for (const rows of summary.lists()) rows.capacity = LIST_CAPACITY;
    return {
      tap,
      start,
      seconds,
      windowSeconds,
      coveredFrom: covered.from,
      coveredTo: covered.to,
      packets,
      octets,
      loss,
      sections: summary.toPartSections({ seconds, windowSeconds }),
    };
  }

  #count(other: { packets: number; octets: number; loss: Loss }): void {
    this.packets = add(this.packets, other.packets);
    this.octets = add(this.octets, other.octets);
    const [a, b] = [this.loss, other.loss];
    this.loss = {
      kernel: add(a.kernel, b.kernel),
      nic: add(a.nic, b.nic),
      shed: add(a.shed, b.shed),
      unrecorded: add(a.unrecorded, b.unrecorded),
      freezes: add(a.freezes, b.freezes),
      blindMillis: add(a.blindMillis, b.blindMillis),
    };
  }

  /** Before counts are added: which of both had packets decides whether keyed values hold all of them. */
  #mergeSummary(other: GrowingPart): void {
    const { summary } = this;
    const { keyed } = other.summary;
    this.#isUnkeyed ||=
      other.#isUnkeyed ||
      (summary.keyed === undefined && this.packets > 0) ||
      (keyed === undefined && other.packets > 0) ||
      (summary.keyed !== undefined && keyed !== undefined && !isSameKey(summary.keyed, keyed));
    if (this.#isUnkeyed) summary.keyed = undefined;
    summary.merge(this.#isUnkeyed ? new Summary(other.summary.values) : other.summary);
  }
}

function isSameKey(a: KeyedValues, b: KeyedValues): boolean {
  return a.windowSeconds === b.windowSeconds && a.seedHash.every((byte, i) => byte === b.seedHash[i]);
}

function add(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

/** Nothing: merging it changes nothing. */
export function emptySummary(): Summary {
  const summary = Summary.fromSections([]);
  if (summary instanceof Refusal) throw new RangeError(String(summary));
  return summary;
}
