import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import {
  clockVersion,
  closeCodes,
  linkCredit,
  linkLimits,
  linkVersion,
  oldestLinkVersion,
  pingMillis,
  requestVersion,
} from '../../proto/link.ts';
import type { CloseReason } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { Interval, LinkMessage, Welcome } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/error.ts';
import type { OffsetMeter } from './clockOffset.ts';
import type { LinkMetrics } from './metrics.ts';
import type { Requests } from './requests.ts';
import { Sender } from './sender.ts';
import type { Spool } from './spool.ts';

/** Clock questions in a row at the beginning; afterwards one a ping. */
const firstQuestions = 4;
/** The greatest number of a message that a manager is believed to have. */
const mostNumber = 2 ** 52;
/** More than all that may wait to be sent: credit, answers to requests, pongs. Who asks and does not read is cut off. */
const mostBuffered = linkCredit.bytes + 4 * linkLimits.message;

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
  meter: OffsetMeter;
  requests: Requests;
  onWelcome: (welcome: Welcome) => void;
  onAcknowledged: () => void;
}

/** Why a connection ended. `code` 0: it was never open. */
export interface Ended {
  code: number;
  reason: string;
  welcomed: boolean;
  /** The manager stored something that came over it. */
  useful: boolean;
}

/**
 * One connection to the manager, from its start to its end: hello, welcome, then messages by their lanes and within the
 * credit, the clock's exchange, and answers to requests. What is not acknowledged when it ends is sent by the next.
 */
export class Connection {
  /** Resolves when the connection is over, whatever the reason. */
  readonly ended: Promise<Ended>;
  readonly #deps: ConnectionDeps;
  readonly #socket: WebSocket;
  #tcp: Socket | undefined;
  #bytesSeen = 0;
  #quiet = false;
  #version = 0;
  #sender: Sender | undefined;
  #questions = 0;
  #useful = false;
  #failure = '';
  #cancelTimer: () => void;

  constructor(config: ConnectionConfig, deps: ConnectionDeps) {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    this.ended = promise;
    this.#deps = deps;
    this.#socket = new WebSocket(config.address, {
      perMessageDeflate: false,
      maxPayload: linkLimits.message,
      handshakeTimeout: linkLimits.helloMillis,
      followRedirects: false,
    });
    this.#socket.binaryType = 'nodebuffer';
    this.#cancelTimer = deps.clock.after(2 * linkLimits.helloMillis, () => this.#give('no welcome in time'), true);
    this.#socket.on('upgrade', (response) => {
      this.#tcp = response.socket;
    });
    this.#socket.on('open', () => {
      const { site, name, software, replay } = config;
      const versions = { versionMin: oldestLinkVersion, versionMax: linkVersion };
      this.#send({ type: 'hello', ...versions, site, name, software, stream: deps.spool.stream, replay });
    });
    this.#socket.on('ping', () => this.#checkReader());
    this.#socket.on('message', (data) => {
      this.#checkReader();
      this.#receive(data).catch((error: unknown) => this.#give(describeError(error)));
    });
    this.#socket.on('error', (error) => {
      this.#failure ||= describeError(error);
    });
    this.#socket.on('close', (code, reason) => {
      this.#cancelTimer();
      if (this.#version >= requestVersion) deps.requests.attach(undefined);
      resolve({
        code: this.#failure === '' || code !== 1006 ? code : 0,
        reason: reason.toString() || this.#failure,
        welcomed: this.#version > 0,
        useful: this.#useful,
      });
    });
  }

  /** Something new is in the spool. */
  wake(): void {
    this.#sender?.pump().catch((error: unknown) => this.#give(describeError(error)));
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
    const message = Buffer.isBuffer(data) ? decodeMessage(data) : ({ type: 'fault', reason: 'not binary' } as const);
    if (message.type === 'fault') return this.#refuse(`malformed message: ${message.reason}`);
    if (message.type === 'welcome') {
      if (this.#version > 0 || message.version < oldestLinkVersion || message.version > linkVersion)
        return this.close('version');
      // Numbers are given one by one: nobody comes near the last of them.
      if (message.received.some(({ last }) => last > mostNumber)) return this.#refuse('numbers that nobody gave');
      await this.#deps.spool.meet(message.received);
      this.#welcome(message);
      return this.wake();
    }
    if (this.#version === 0) return this.#refuse(`${message.type} before the welcome`);
    switch (message.type) {
      case 'ack':
        this.#acknowledge(message.stream, message.received);
        break;
      case 'credit':
        this.#sender?.allow(message);
        break;
      case 'request':
        if (this.#version < requestVersion) return this.#refuse('a request on a link of version 1');
        return this.#deps.requests.take(message);
      case 'clockAnswer':
        if (this.#deps.meter.answer(message) && this.#questions < firstQuestions) this.#ask();
        return undefined;
      default:
        return this.#refuse(`unexpected ${message.type}`);
    }
    return this.wake();
  }

  #welcome(welcome: Welcome): void {
    const { spool, clock, metrics, requests, onWelcome, onAcknowledged } = this.#deps;
    this.#version = welcome.version;
    this.#sender = new Sender(welcome.credit, {
      spool,
      clock,
      metrics,
      isOpen: () => this.#socket.readyState === WebSocket.OPEN,
      send: (bytes) => this.#socket.send(bytes),
    });
    this.#cancelTimer();
    this.#ping();
    if (this.#version >= requestVersion) {
      const socket = this.#socket;
      requests.attach({
        get buffered() {
          return socket.bufferedAmount;
        },
        send: (response, flushed) => socket.send(encodeMessage(response), flushed),
      });
    }
    this.#ask();
    onWelcome(welcome);
    onAcknowledged();
  }

  #acknowledge(stream: Uint8Array, received: readonly Interval[]): void {
    const { spool } = this.#deps;
    if (Buffer.compare(stream, spool.stream) !== 0) return;
    if (received.some(({ last }) => last >= spool.nextSeq))
      return this.#refuse('an acknowledgement of what was never sent');
    this.#useful = true;
    this.#sender?.acknowledged(received);
    spool.acknowledge(received);
    this.#deps.onAcknowledged();
  }

  /** Asks what time it is, of a manager that knows the question. */
  #ask(): void {
    if (this.#version < clockVersion || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#questions += 1;
    this.#send(this.#deps.meter.question());
  }

  #send(message: LinkMessage): void {
    this.#socket.send(encodeMessage(message));
  }

  /** Any byte is a sign of life: a large message may take longer than a ping over a slow line. */
  #ping(): void {
    this.#cancelTimer = this.#deps.clock.after(
      pingMillis,
      () => {
        const bytes = this.#tcp?.bytesRead ?? 0;
        if (bytes === this.#bytesSeen && this.#quiet) return this.#give('the manager is silent');
        this.#quiet = bytes === this.#bytesSeen;
        this.#bytesSeen = bytes;
        this.#socket.ping();
        this.#ask();
        this.#ping();
      },
      true,
    );
  }

  #checkReader(): void {
    if (this.#socket.bufferedAmount > mostBuffered) this.#give('the manager does not read');
  }

  #refuse(reason: string): void {
    this.#failure ||= reason;
    this.close('malformed');
  }

  #give(reason: string): void {
    this.#failure ||= reason;
    this.#socket.terminate();
  }
}
