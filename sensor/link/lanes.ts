import { DurableKind } from '../../proto/link.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Spool } from './spool.ts';

/** What goes before what. */
export const Lane = { URGENT: 0, LIVE: 1, LOGS: 2, BACKLOG: 3 } as const;
export type LaneNumber = (typeof Lane)[keyof typeof Lane];

const lanes: readonly LaneNumber[] = [Lane.URGENT, Lane.LIVE, Lane.LOGS, Lane.BACKLOG];

/** A window that has waited longer than this is live no more: it goes to the backlog, so that the newest ones go first. */
export const liveMillis = 30_000;
/** So many messages go past one that waits in a lower lane; then it is its turn. */
const patience = 8;

/** The lane of a durable message by its kind; parts are in the live one while they are young. */
export function laneOfKind(kind: number): LaneNumber {
  if (kind === DurableKind.HIT || kind === DurableKind.ALERT) return Lane.URGENT;
  return kind === DurableKind.LOG || kind === DurableKind.DNS ? Lane.LOGS : Lane.BACKLOG;
}

/**
 * The order in which one connection sends what is in the spool. Each lane is a cursor over the spool's numbers, so a lane
 * holds nothing of its own and is bounded by the spool. Docs: docs/link.md, "Lanes".
 */
export class Lanes {
  readonly #spool: Spool;
  readonly #clock: Clock;
  readonly #isUnderWay: (seq: number) => boolean;
  /** Numbers from here on were stored since this connection began. */
  readonly #since: number;
  readonly #cursors: [number, number, number, number];
  readonly #passed = [0, 0, 0, 0];
  /** Messages that wait: seq by lane, as the last `next` saw it. */
  readonly #waiting: (number | undefined)[] = [];

  constructor(spool: Spool, clock: Clock, isUnderWay: (seq: number) => boolean) {
    this.#spool = spool;
    this.#clock = clock;
    this.#isUnderWay = isUnderWay;
    this.#since = spool.nextSeq;
    this.#cursors = [0, this.#since, 0, 0];
  }

  /** The message to send next; the same one until it was `taken`. */
  next(): { seq: number; lane: LaneNumber } | undefined {
    const now = this.#clock.elapsed();
    let chosen: LaneNumber | undefined;
    for (const lane of lanes) {
      this.#waiting[lane] = this.#find(lane, now);
      if (this.#waiting[lane] === undefined) continue;
      const overdue = this.#passed[lane]! >= patience;
      if (chosen === undefined || (overdue && this.#passed[lane]! > this.#passed[chosen]!)) chosen = lane;
    }
    const seq = chosen === undefined ? undefined : this.#waiting[chosen];
    return seq === undefined || chosen === undefined ? undefined : { seq, lane: chosen };
  }

  /** It goes, or is not there any more. True when it was once live and became backlog. */
  taken(seq: number, lane: LaneNumber): boolean {
    this.#cursors[lane] = seq + 1;
    this.#passed[lane] = 0;
    for (const other of lanes) if (other !== lane && this.#waiting[other] !== undefined) this.#passed[other]! += 1;
    const entry = this.#spool.entry(seq);
    return lane === Lane.BACKLOG && seq >= this.#since && entry?.kind === DurableKind.PART && !entry.longer;
  }

  #find(lane: LaneNumber, now: number): number | undefined {
    for (;;) {
      const seq = this.#spool.nextPending(this.#cursors[lane]);
      if (seq === undefined) return undefined;
      const own = this.#laneOf(seq, now);
      if (own === lane && !this.#isUnderWay(seq)) return seq;
      // A live one that waits may become backlog yet: the backlog does not go past it.
      if (lane === Lane.BACKLOG && own === Lane.LIVE && !this.#isUnderWay(seq)) return undefined;
      this.#cursors[lane] = seq + 1;
    }
  }

  #laneOf(seq: number, now: number): LaneNumber {
    const entry = this.#spool.entry(seq);
    if (entry === undefined) return Lane.BACKLOG;
    if (entry.kind !== DurableKind.PART) return laneOfKind(entry.kind);
    return seq >= this.#since && !entry.longer && now - entry.storedAt <= liveMillis ? Lane.LIVE : Lane.BACKLOG;
  }
}
