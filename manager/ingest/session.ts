import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import { Intervals } from '../../proto/intervals.ts';
import {
  clockVersion,
  closeCodes,
  commonVersion,
  linkCredit,
  linkLimits,
  pingMillis,
  requestVersion,
} from '../../proto/link.ts';
import type { CloseReason } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { ClockQuestion, Durable, Hello, LinkFault, Request } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { Delivery, SummaryStore, WindowRow } from '../store/summaryStore.ts';
import type { IngestMetrics } from './metrics.ts';
import { isFromFuture } from './quarantine.ts';
import { readPart } from './readPart.ts';
import type { OpenRequests, RequestSink } from './requests.ts';
import type { SensorLink, SensorLinks } from './sensorLinks.ts';

/** Bytes that may wait for a sensor that does not read: what it asks for, pongs and acknowledgements. */
const mostBuffered = linkLimits.requestsAtOnce * linkLimits.message;
/** A sensor's time of last sight is written this often at most. */
const touchMillis = 5_000;

export interface SessionDeps {
  store: SummaryStore;
  control: ControlStore;
  clock: Clock;
  log: Logger;
  metrics: IngestMetrics;
  links: SensorLinks;
  requests: OpenRequests;
  /** Gets called once, when the hello was accepted. */
  onHello: (session: Session) => void;
  onEnd: (session: Session) => void;
}

/** One sensor's link, from the manager's side. The socket is open when it is made. */
export class Session implements RequestSink {
  readonly #socket: WebSocket;
  readonly #tcp: Pick<Socket, 'bytesRead'>;
  readonly #deps: SessionDeps;
  #hello: Hello | undefined;
  #link: SensorLink | undefined;
  #version = 0;
  #askable = false;
  #stream = '';
  #open = 0;
  #openBytes = 0;
  #acks = new Intervals();
  #acksPlanned = false;
  #bytesSeen = 0;
  #quiet = false;
  #touched = 0;
  #cancelTimer: () => void;

  /** `tcp` is the connection under the WebSocket. */
  constructor(socket: WebSocket, tcp: Pick<Socket, 'bytesRead'>, deps: SessionDeps) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.#deps = deps;
    this.#cancelTimer = deps.clock.after(linkLimits.helloMillis, () => this.close('hello'), true);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => this.#checkBuffer());
    // A faulty frame or a lost connection: 'close' follows and tells all there is to tell.
    socket.on('error', (error) => deps.log.debug('link fault', { sensor: this.sensor }, error));
    socket.on('close', (code) => {
      this.#cancelTimer();
      deps.requests.detach(this.sensor, this);
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

  /** The link's version, 0 before the hello. */
  get version(): number {
    return this.#version;
  }

  /** Its windows come from capture files. */
  get replay(): boolean {
    return this.#hello?.replay === true;
  }

  ask(request: Request): void {
    this.#socket.send(encodeMessage(request));
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
    if (this.#link !== undefined) this.#link.refused += 1;
    this.#deps.log.warn('link refused', { sensor: this.sensor, reason, detail: detail ?? '' });
    this.close(reason, detail);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (!this.#checkBuffer()) return undefined;
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
        return this.#deps.requests.take(this.sensor, message);
      case 'clockQuestion':
        if (this.#version < clockVersion) return this.#refuse('malformed', 'a clock question on a link of version 1');
        return this.#tellTime(message);
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
    this.#version = version;
    this.#link = this.#deps.links.of(site, name);
    this.#link.replay = replay;
    this.#link.version = version;
    this.#stream = stream;
    this.#touched = clock.elapsed();
    this.#cancelTimer();
    this.#ping();
    // Before the welcome, so that an older connection of this stream is closed first.
    this.#deps.onHello(this);
    log.info('sensor connected', { sensor: this.sensor, software, replay, version });
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

  /** Answers with the time, and keeps what the sensor knows of its clock. Only then can it be asked something. */
  #tellTime({ asked, offset, uncertainty }: ClockQuestion): void {
    const { clock, requests } = this.#deps;
    const received = clock.now();
    if (this.#link !== undefined && uncertainty > 0) this.#link.clock = { offset, uncertainty };
    this.#socket.send(encodeMessage({ type: 'clockAnswer', asked, received, answered: clock.now() }));
    if (this.#askable || this.#version < requestVersion || this.replay) return;
    this.#askable = true;
    requests.attach(this.sensor, this);
  }

  #store(message: Durable, hello: Hello): void {
    const { store, metrics, clock } = this.#deps;
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
    const row = this.#judge(message, readPart(message, owner));
    const { stream, seq, kind, bytes, inflated } = { ...message, stream: this.#stream };
    const delivery: Delivery = { ...owner, stream, seq, kind, bytes, inflated, arrivedMillis: clock.now() };
    if (row !== undefined) delivery.row = row;
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

  /** The row that answers may use; without one the message is stored all the same. */
  #judge({ seq }: Durable, row: WindowRow | undefined | LinkFault): WindowRow | undefined {
    const { metrics, log, clock } = this.#deps;
    const link = this.#link;
    if (row === undefined || link === undefined) return undefined;
    if ('type' in row) {
      metrics.unreadable.add();
      link.unreadable += 1;
      log.error('a part cannot be read: stored, but in no answer', { sensor: this.sensor, seq, reason: row.reason });
      return undefined;
    }
    const { start, seconds } = row;
    if (isFromFuture(row, clock.now(), link.clock?.uncertainty)) {
      metrics.quarantined.add();
      // A wrong clock makes one of these each window: told at once, and then now and then.
      if (link.quarantined % 1000 === 0)
        log.error('a window from the future: stored, but in no answer', { sensor: this.sensor, start });
      link.quarantined += 1;
      return undefined;
    }
    if (seconds === row.windowSeconds) {
      const arrivedMillis = clock.now();
      link.lastPart = { end: start + seconds, arrivedMillis };
      link.lagSeconds = row.replay ? undefined : Math.max(0, arrivedMillis / 1000 - start - seconds);
    }
    return row;
  }

  /** False when too much waits for a sensor that does not read: then the link is over. */
  #checkBuffer(): boolean {
    if (this.#socket.bufferedAmount <= mostBuffered) return true;
    this.#refuse('limit', 'it does not read');
    this.#socket.terminate();
    return false;
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

  /** Any byte is a sign of life: a large message may take longer than a ping over a slow line. */
  #ping(): void {
    this.#cancelTimer = this.#deps.clock.after(
      pingMillis,
      () => {
        const bytes = this.#tcp.bytesRead;
        if (bytes === this.#bytesSeen && this.#quiet) return this.#socket.terminate();
        this.#quiet = bytes === this.#bytesSeen;
        this.#bytesSeen = bytes;
        this.#socket.ping();
        return this.#ping();
      },
      true,
    );
  }
}
