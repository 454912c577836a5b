import { linkCredit } from '../../proto/link.ts';
import { encodeMessage } from '../../proto/linkCodec.ts';
import type { Credit, Interval } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Lanes } from './lanes.ts';
import type { LinkMetrics } from './metrics.ts';
import type { Spool } from './spool.ts';

export interface SenderDeps {
  spool: Spool;
  clock: Clock;
  metrics: LinkMetrics;
  /** Whether messages can be sent now. */
  isOpen: () => boolean;
  send: (bytes: Uint8Array) => void;
}

/** Sends the spool's messages over one connection: in the order of the lanes, within the manager's credit. */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #lanes: Lanes;
  readonly #underWay = new Map<number, number>();
  #underWayBytes = 0;
  #credit: Pick<Credit, 'messages' | 'bytes'>;
  #pumping = false;
  #again = false;

  constructor(credit: Pick<Credit, 'messages' | 'bytes'>, deps: SenderDeps) {
    this.#deps = deps;
    this.#credit = within(credit);
    this.#lanes = new Lanes(deps.spool, deps.clock, (seq) => this.#underWay.has(seq));
  }

  /** The manager changed the credit. */
  allow(credit: Pick<Credit, 'messages' | 'bytes'>): void {
    this.#credit = within(credit);
  }

  /** These are on the manager's disk: their share of the credit is free again. */
  acknowledged(received: readonly Interval[]): void {
    for (const [seq, bytes] of this.#underWay) {
      if (!received.some(({ first, last }) => seq >= first && seq <= last)) continue;
      this.#underWay.delete(seq);
      this.#underWayBytes -= bytes;
      this.#deps.metrics.acknowledged.add();
    }
  }

  /** Sends what the credit allows. Reading the spool takes time, so one call at a time does the work. */
  async pump(): Promise<void> {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#again) {
        this.#again = false;
        while (await this.#sendNext());
      }
    } finally {
      this.#pumping = false;
    }
  }

  async #sendNext(): Promise<boolean> {
    const { spool, metrics, isOpen, send } = this.#deps;
    if (!isOpen() || this.#underWay.size >= this.#credit.messages) return false;
    const next = this.#lanes.next();
    if (next === undefined) return false;
    const { seq, lane } = next;
    // Before it is sent it is on the disk that it may have been: such a message is never merged into another.
    if (!spool.mayHaveBeenSent(seq) && !(await spool.reserve(seq))) return true;
    const message = await spool.read(seq);
    if (message === undefined) {
      this.#lanes.taken(seq, lane);
      return true;
    }
    const { kind, inflated, bytes } = message;
    if (this.#underWay.size > 0 && this.#underWayBytes + bytes.length > this.#credit.bytes) return false;
    if (!isOpen()) return false;
    if (this.#lanes.taken(seq, lane)) metrics.thinned.add();
    this.#underWay.set(seq, bytes.length);
    this.#underWayBytes += bytes.length;
    metrics.sent.add();
    metrics.sentBytes.add(bytes.length);
    spool.handedOver(seq);
    send(encodeMessage({ type: 'durable', stream: spool.stream, seq, kind, bytes, inflated }));
    return true;
  }
}

/** What the manager allows, and no more than this end keeps in memory for it. */
function within({ messages, bytes }: Pick<Credit, 'messages' | 'bytes'>): Pick<Credit, 'messages' | 'bytes'> {
  return { messages: Math.min(messages, linkCredit.messages), bytes: Math.min(bytes, linkCredit.bytes) };
}
