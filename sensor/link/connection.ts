import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import { closeCodes, linkLimits, linkVersion, oldestLinkVersion } from '../../proto/link.ts';
import type { CloseReason } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { Interval, Welcome } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/error.ts';
import type { LinkMetrics } from './metrics.ts';
import type { Spool } from './spool.ts';

/** Milliseconds between two signs of life, and the time after which a silent manager is given up. */
const pingMillis = 20_000;

export interface ConnectionConfig {
  address: string;
  site: string;
  name: string;
  software: string;
  replay: boolean;
}

export interface ConnectionDeps {
  spool: Spool;
  clock: Clock;
  metrics: LinkMetrics;
  onWelcome: (welcome: Welcome) => void;
  onAcknowledged: () => void;
}

/** Why a connection ended. `code` 0: it was never open. */
export interface Ended {
  code: number;
  reason: string;
  welcomed: boolean;
}

/**
 * One connection to the manager, from its start to its end: hello, welcome, then messages within the credit, live ones
 * (stored since the connection began) before the backlog. What is not acknowledged when it ends is sent by the next.
 */
export class Connection {
  /** Resolves when the connection is over, whatever the reason. */
  readonly ended: Promise<Ended>;
  readonly #deps: ConnectionDeps;
  readonly #socket: WebSocket;
  #end: (ended: Ended) => void;
  #welcomed = false;
  #failure = '';
  #credit = { messages: 0, bytes: 0 };
  readonly #inFlight = new Map<number, number>();
  #inFlightBytes = 0;
  #liveFrom = 0;
  #nextLive = 0;
  #nextBacklog = 0;
  #pumping = false;
  #pumpAgain = false;
  #cancelTimer: () => void;
  #alive = true;

  constructor(config: ConnectionConfig, deps: ConnectionDeps) {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    this.ended = promise;
    this.#end = resolve;
    this.#deps = deps;
    this.#socket = new WebSocket(config.address, {
      perMessageDeflate: false,
      maxPayload: linkLimits.message,
      handshakeTimeout: linkLimits.helloMillis,
      followRedirects: false,
    });
    this.#socket.binaryType = 'nodebuffer';
    this.#cancelTimer = deps.clock.after(2 * linkLimits.helloMillis, () => this.#give('no welcome in time'), true);
    this.#socket.on('open', () => {
      this.#socket.send(
        encodeMessage({
          type: 'hello',
          versionMin: oldestLinkVersion,
          versionMax: linkVersion,
          site: config.site,
          name: config.name,
          software: config.software,
          stream: deps.spool.stream,
          replay: config.replay,
        }),
      );
    });
    this.#socket.on('message', (data) => {
      this.#receive(data).catch((error: unknown) => this.#give(describeError(error)));
    });
    this.#socket.on('pong', () => {
      this.#alive = true;
    });
    this.#socket.on('error', (error) => {
      this.#failure ||= describeError(error);
    });
    this.#socket.on('close', (code, reason) => {
      this.#cancelTimer();
      const text = reason.toString() || this.#failure;
      this.#end({ code: this.#failure === '' || code !== 1006 ? code : 0, reason: text, welcomed: this.#welcomed });
    });
  }

  /** Something new is in the spool. */
  wake(): void {
    if (this.#welcomed) void this.#pump();
  }

  /** Closes in an orderly way. */
  close(reason: CloseReason): void {
    this.#socket.close(closeCodes[reason].code, closeCodes[reason].reason);
  }

  /** Cuts the connection without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  async #receive(data: RawData): Promise<void> {
    this.#alive = true;
    const message = Buffer.isBuffer(data) ? decodeMessage(data) : ({ type: 'fault', reason: 'not binary' } as const);
    switch (message.type) {
      case 'welcome':
        if (this.#welcomed || message.version < oldestLinkVersion || message.version > linkVersion)
          return this.close('version');
        await this.#deps.spool.acknowledge(message.received);
        this.#welcome(message);
        break;
      case 'ack':
        await this.#acknowledge(message.stream, message.received);
        break;
      case 'credit':
        this.#credit = { messages: message.messages, bytes: message.bytes };
        break;
      case 'request':
        // Nothing can be asked yet: every kind is unknown, and refused by its code.
        this.#socket.send(
          encodeMessage({
            type: 'response',
            id: message.id,
            state: 'refused',
            code: 'unknown-kind',
            bytes: new Uint8Array(0),
          }),
        );
        break;
      default:
        this.#failure ||=
          message.type === 'fault' ? `malformed message: ${message.reason}` : `unexpected ${message.type}`;
        return this.close('malformed');
    }
    void this.#pump();
  }

  #welcome(welcome: Welcome): void {
    this.#welcomed = true;
    this.#credit = welcome.credit;
    this.#liveFrom = this.#deps.spool.nextSeq;
    this.#nextLive = this.#liveFrom;
    this.#nextBacklog = 0;
    this.#cancelTimer();
    this.#ping();
    this.#deps.onWelcome(welcome);
    this.#deps.onAcknowledged();
  }

  async #acknowledge(stream: Uint8Array, received: readonly Interval[]): Promise<void> {
    if (Buffer.compare(stream, this.#deps.spool.stream) !== 0) return;
    for (const [seq, bytes] of this.#inFlight) {
      if (!received.some(({ first, last }) => seq >= first && seq <= last)) continue;
      this.#inFlight.delete(seq);
      this.#inFlightBytes -= bytes;
      this.#deps.metrics.acknowledged.add();
    }
    await this.#deps.spool.acknowledge(received);
    this.#deps.onAcknowledged();
  }

  /** Sends what the credit allows. Reading the spool takes time, so one call at a time does the work. */
  async #pump(): Promise<void> {
    if (this.#pumping) {
      this.#pumpAgain = true;
      return;
    }
    this.#pumping = true;
    try {
      do {
        this.#pumpAgain = false;
        while (await this.#sendNext());
      } while (this.#pumpAgain);
    } catch (error) {
      this.#give(describeError(error));
    } finally {
      this.#pumping = false;
    }
  }

  async #sendNext(): Promise<boolean> {
    const { spool, metrics } = this.#deps;
    if (!this.#welcomed || this.#socket.readyState !== WebSocket.OPEN || this.#inFlight.size >= this.#credit.messages)
      return false;
    const live = spool.nextPending(this.#nextLive);
    const seq = live ?? spool.nextPending(this.#nextBacklog);
    if (seq === undefined || (live === undefined && seq >= this.#liveFrom)) return false;
    const message = await spool.read(seq);
    if (
      message !== undefined &&
      this.#inFlight.size > 0 &&
      this.#inFlightBytes + message.bytes.length > this.#credit.bytes
    )
      return false;
    if (live === undefined) this.#nextBacklog = seq + 1;
    else this.#nextLive = seq + 1;
    if (message === undefined) return true;
    this.#inFlight.set(seq, message.bytes.length);
    this.#inFlightBytes += message.bytes.length;
    metrics.sent.add();
    metrics.sentBytes.add(message.bytes.length);
    this.#socket.send(encodeMessage({ type: 'durable', stream: spool.stream, seq, ...message }));
    return true;
  }

  #ping(): void {
    this.#cancelTimer = this.#deps.clock.after(
      pingMillis,
      () => {
        if (!this.#alive) return this.#give('the manager is silent');
        this.#alive = false;
        this.#socket.ping();
        this.#ping();
      },
      true,
    );
  }

  #give(reason: string): void {
    this.#failure ||= reason;
    this.#socket.terminate();
  }
}
