import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import { Intervals } from '../../proto/intervals.ts';
import { closeCodes, commonVersion, linkCredit, linkLimits } from '../../proto/link.ts';
import type { CloseReason } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { Durable, Hello } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { Delivery, SummaryStore } from '../store/summaryStore.ts';
import type { IngestMetrics } from './metrics.ts';
import { readPart } from './readPart.ts';

/** Milliseconds between two signs of life of a sensor's link. */
const pingMillis = 30_000;
/** A sensor's time of last sight is written this often at most. */
const touchMillis = 5_000;

export interface SessionDeps {
  store: SummaryStore;
  control: ControlStore;
  clock: Clock;
  log: Logger;
  metrics: IngestMetrics;
  /** Gets called once, when the hello was accepted. */
  onHello: (session: Session) => void;
  onEnd: (session: Session) => void;
}

/** One sensor's link, from the manager's side. The socket is open when it is made. */
export class Session {
  readonly #socket: WebSocket;
  readonly #deps: SessionDeps;
  #hello: Hello | undefined;
  #stream = '';
  #open = 0;
  #openBytes = 0;
  #acks = new Intervals();
  #acksPlanned = false;
  #alive = true;
  #touched = 0;
  #cancelTimer: () => void;

  constructor(socket: WebSocket, deps: SessionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#cancelTimer = deps.clock.after(linkLimits.helloMillis, () => this.close('hello'), true);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => {
      this.#alive = true;
    });
    // A faulty frame or a lost connection: 'close' follows and tells all there is to tell.
    socket.on('error', (error) => deps.log.debug('link fault', { sensor: this.sensor }, error));
    socket.on('close', (code) => {
      this.#cancelTimer();
      if (this.#hello !== undefined) {
        this.#touch(true);
        deps.log.info('sensor gone', { sensor: this.sensor, code });
      }
      deps.onEnd(this);
    });
  }

  /** `site/name`, or '' before the hello. */
  get sensor(): string {
    return this.#hello === undefined ? '' : `${this.#hello.site}/${this.#hello.name}`;
  }

  get stream(): string {
    return this.#stream;
  }

  close(reason: CloseReason, detail?: string): void {
    const { code, reason: text } = closeCodes[reason];
    // A reason is at most 123 bytes of the closing frame.
    this.#socket.close(code, (detail === undefined ? text : `${text}: ${detail}`).slice(0, 120));
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #refuse(reason: CloseReason, detail?: string): void {
    this.#deps.metrics.refused.add();
    this.#deps.log.warn('link refused', { sensor: this.sensor, reason, detail: detail ?? '' });
    this.close(reason, detail);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#alive = true;
    if (!isBinary || !Buffer.isBuffer(data)) return this.#refuse('malformed', 'not binary');
    const message = decodeMessage(data);
    if (message.type === 'fault')
      return this.#refuse(this.#hello === undefined ? 'hello' : 'malformed', message.reason);
    if (this.#hello === undefined) {
      if (message.type !== 'hello') return this.#refuse('hello', `${message.type} came first`);
      return this.#welcome(message);
    }
    switch (message.type) {
      case 'durable':
        return this.#store(message, this.#hello);
      case 'response':
        // Nothing was asked, so nobody waits for it.
        return undefined;
      default:
        return this.#refuse('malformed', `unexpected ${message.type}`);
    }
  }

  #welcome(hello: Hello): void {
    const { control, store, clock, log } = this.#deps;
    const version = commonVersion(hello.versionMin, hello.versionMax);
    if (version === undefined) return this.#refuse('version', `sensor speaks ${hello.versionMin}..${hello.versionMax}`);
    const stream = Buffer.from(hello.stream).toString('hex');
    const { site, name, software, replay } = hello;
    if (!control.sensorSeen({ site, name, software, replay, stream }, clock.now())) return this.#refuse('stream');
    this.#hello = hello;
    this.#stream = stream;
    this.#touched = clock.elapsed();
    this.#cancelTimer();
    this.#ping();
    // Before the welcome, so that an older connection of this stream is closed first.
    this.#deps.onHello(this);
    log.info('sensor connected', { sensor: this.sensor, software, replay });
    this.#socket.send(
      encodeMessage({
        type: 'welcome',
        version,
        seed: control.seed(),
        received: store.received(stream),
        credit: linkCredit,
      }),
    );
    return undefined;
  }

  #store(message: Durable, hello: Hello): void {
    const { store, metrics, log, clock } = this.#deps;
    if (Buffer.compare(message.stream, hello.stream) !== 0)
      return this.#refuse('stream', 'not the stream of the hello');
    metrics.messages.add();
    metrics.bytes.add(message.bytes.length);
    // One message always goes, whatever its size; the credit bounds what more of them take.
    if (
      this.#open >= linkCredit.messages ||
      (this.#open > 0 && this.#openBytes + message.bytes.length > linkCredit.bytes)
    ) {
      return this.#refuse('credit');
    }
    const owner = { site: hello.site, sensor: hello.name, replay: hello.replay };
    const row = readPart(message, owner);
    const { stream, seq, kind, bytes, inflated } = { ...message, stream: this.#stream };
    const delivery: Delivery = { ...owner, stream, seq, kind, bytes, inflated, arrivedMillis: clock.now() };
    if (row !== undefined && 'type' in row) {
      metrics.unreadable.add();
      log.error('a part cannot be read: stored, but in no answer', { sensor: this.sensor, seq, reason: row.reason });
    } else if (row !== undefined) delivery.row = row;
    this.#open += 1;
    this.#openBytes += bytes.length;
    store.append(delivery).then(
      () => {
        this.#open -= 1;
        this.#openBytes -= bytes.length;
        this.#acknowledge(seq);
      },
      () => this.close('busy'),
    );
    return undefined;
  }

  /** Numbers that became durable by one sync go out in one message. */
  #acknowledge(seq: number): void {
    this.#acks.add(seq);
    if (this.#acksPlanned) return;
    this.#acksPlanned = true;
    setImmediate(() => {
      this.#acksPlanned = false;
      const received = this.#acks.toList();
      this.#acks = new Intervals();
      this.#touch(false);
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      this.#socket.send(encodeMessage({ type: 'ack', stream: Buffer.from(this.#stream, 'hex'), received }));
    });
  }

  #touch(now: boolean): void {
    const { clock, control } = this.#deps;
    if (this.#hello === undefined || (!now && clock.elapsed() - this.#touched < touchMillis)) return;
    this.#touched = clock.elapsed();
    control.touch(this.#hello.site, this.#hello.name, clock.now());
  }

  #ping(): void {
    this.#cancelTimer = this.#deps.clock.after(
      pingMillis,
      () => {
        if (!this.#alive) return this.#socket.terminate();
        this.#alive = false;
        this.#socket.ping();
        return this.#ping();
      },
      true,
    );
  }
}
