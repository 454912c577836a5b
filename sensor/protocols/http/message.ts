import type { ContentLines } from './contentLines.ts';
import { Entity, type Expect } from './entity.ts';
import type { Header } from './header.ts';
import type { Transactions } from './transactions.ts';

/** What a message needs of its connection. */
export interface Conversation {
  readonly transactions: Transactions;
  /** Of the packet at hand, in seconds. */
  readonly time: number;
  /** The server said that it closes the connection: a body without length goes to its end. */
  readonly isClosing: boolean;
  /** Status of the answer at hand; 0 = none. */
  readonly replyCode: number;
  /** Whether the message at hand is HTTP/1.1, which alone has chunks. */
  isVersion11(): boolean;
  weird(name: string, addl?: string): void;
  header(isOrig: boolean, header: Header): void;
  /** The message came to its end by itself. */
  done(isOrig: boolean): void;
}

/** What entities need of their message. */
export interface MessageContext {
  readonly isOrig: boolean;
  readonly lines: ContentLines;
  readonly transactions: Transactions;
  readonly time: number;
  isClosing(): boolean;
  replyCode(): number;
  isVersion11(): boolean;
  weird(name: string, addl?: string): void;
  header(header: Header): void;
  began(): void;
  begin(parent: Entity): Entity;
  ended(entity: Entity): void;
}

/** A request or an answer behind its first line. */
export class Message implements MessageContext {
  readonly isOrig: boolean;
  readonly lines: ContentLines;
  readonly #conversation: Conversation;
  readonly #top: Entity;
  #open: Entity[] = [];
  #isFinished = false;

  constructor(conversation: Conversation, lines: ContentLines, isOrig: boolean, expect: Expect) {
    this.#conversation = conversation;
    this.lines = lines;
    this.isOrig = isOrig;
    this.#top = new Entity(this, undefined, expect);
    this.#open.push(this.#top);
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Octets of memory that it takes, about. */
  get held(): number {
    let octets = 0;
    for (const entity of this.#open) octets += entity.held;
    return octets;
  }

  /** Whether headers are being read, of it or of a part. */
  get isInHeader(): boolean {
    return this.#open.at(-1)?.isInHeader ?? false;
  }

  get transactions(): Transactions {
    return this.#conversation.transactions;
  }

  get time(): number {
    return this.#conversation.time;
  }

  deliver(bytes: Uint8Array, from: number, to: number, hasEnd: boolean, isLineBegin: boolean): void {
    this.#top.deliver(bytes, from, to, hasEnd, isLineBegin);
  }

  /** Octets are missing; answers whether it goes on behind them. */
  undelivered(length: number): boolean {
    return (this.#open.at(-1) ?? this.#top).undelivered(length);
  }

  /** It is over, whether it is whole or not. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#top.endOfData();
    this.#top.endFile(this.#isMoreExpected());
    this.transactions.done(this.isOrig, this.#top.bodyLength, this.#top.sentLength, this.time);
    this.#conversation.done(this.isOrig);
  }

  isClosing(): boolean {
    return this.#conversation.isClosing;
  }

  replyCode(): number {
    return this.#conversation.replyCode;
  }

  isVersion11(): boolean {
    return this.#conversation.isVersion11();
  }

  weird(name: string, addl?: string): void {
    this.#conversation.weird(name, addl);
  }

  header(header: Header): void {
    this.#conversation.header(this.isOrig, header);
  }

  began(): void {
    this.transactions.beginEntity(this.isOrig, this.time);
  }

  begin(parent: Entity): Entity {
    const entity = new Entity(this, parent, 1);
    this.#open.push(entity);
    return entity;
  }

  ended(entity: Entity): void {
    this.transactions.endEntity();
    this.#open = this.#open.slice(0, Math.max(0, this.#open.lastIndexOf(entity)));
    if (entity === this.#top) this.finish();
    else entity.endFile(this.#isMoreExpected());
  }

  /** Ranges of a file may go on in another connection (status 206). */
  #isMoreExpected(): boolean {
    return !this.isOrig && this.#conversation.replyCode === 206;
  }
}
