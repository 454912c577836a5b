import { DnsMessage } from '../../../core/dns/message.ts';
import { createExchange, type DnsExchange, type DnsSubscriber } from './exchange.ts';

/** Messages of all flows that may wait for their other half; beyond, the flow that adds one gives up its own. */
const MOST_WAITING = 65_536;
/** Characters of answers that may wait. */
const MOST_CHARACTERS = 32 << 20;
/** Octets of messages over TCP that wait for their rest; beyond, the flow that adds some is left alone. */
const MOST_BUFFERED = 64 << 20;

/** What was done, to be told and asserted. */
export interface DnsCounters {
  /** Messages that were looked at, whole or not, and octets of them that were. */
  messages: number;
  octets: number;
  /** Messages that were given up unmatched for want of room. */
  dropped: number;
  /** TCP flows that were given up for want of room, and because a hole left no way on. */
  overflows: number;
  lost: number;
}

/** What all flows of a pipeline have in common. */
export class DnsShared {
  readonly counters: DnsCounters = { messages: 0, octets: 0, dropped: 0, overflows: 0, lost: 0 };
  readonly message: DnsMessage;
  readonly exchange: DnsExchange = createExchange();
  readonly subscribers: readonly DnsSubscriber[];
  /** Whether rows are made. */
  readonly isLogged: boolean;
  readonly words: Uint32Array = new Uint32Array(4);
  /** What is held now: flows, messages that wait, characters of their answers, octets of messages that are not whole. */
  sessions = 0;
  waiting = 0;
  characters = 0;
  buffered = 0;

  constructor(subscribers: readonly DnsSubscriber[], isLogged: boolean) {
    this.subscribers = subscribers;
    this.isLogged = isLogged;
    this.message = new DnsMessage(subscribers.length > 0);
  }

  get isFull(): boolean {
    return this.waiting > MOST_WAITING || this.characters > MOST_CHARACTERS;
  }

  /** Whether that many more octets may be buffered. */
  hasRoom(octets: number): boolean {
    return this.buffered + octets <= MOST_BUFFERED;
  }
}
