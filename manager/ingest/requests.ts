import { randomBytes } from 'node:crypto';
import { linkLimits } from '../../proto/link.ts';
import type { RequestCode } from '../../proto/link.ts';
import type { Request, Response } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AppError } from '../../runtime/error.ts';

/** Requests that may be open at a sensor; more are refused here. */
const mostOpen = 64;
/** Bytes of an answer that wait for their reader. */
const mostWaiting = 16 << 20;

/** An answer as it comes: pieces in order, the last one included. Failures throw `request.refused` or `request.failed`. */
export interface RequestAnswer extends AsyncIterable<Uint8Array> {
  /** The last piece; for kinds that answer with one. Pieces before it are passed over when nobody reads them. */
  done(): Promise<Uint8Array>;
}

export interface RequestOptions {
  /** Milliseconds since 1970 after which nobody waits any more. */
  deadline: number;
}

/** Where a request can be sent: a session of the sensor that knows requests and has had its clock answered. */
export interface RequestSink {
  ask(request: Request): void;
}

interface Open {
  sensor: string;
  request: Request;
  pieces: Uint8Array[];
  waitingBytes: number;
  /** Only the last piece is wanted. */
  lastOnly: boolean;
  ended: boolean;
  failure: AppError | undefined;
  wake: (() => void) | undefined;
  cancel: () => void;
}

/** What is asked of sensors and not answered yet. Outlives their connections: what is open is asked again over the next. */
export class OpenRequests {
  readonly #clock: Clock;
  readonly #open = new Map<string, Open>();
  readonly #sinks = new Map<string, RequestSink>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Asks; the answer may be read at once. `refusal`: why it can't be asked. Bytes are borrowed until the answer is over. */
  ask(
    sensor: string,
    kind: number,
    bytes: Uint8Array,
    { deadline }: RequestOptions,
    refusal: RequestCode | undefined,
  ): RequestAnswer {
    const request: Request = { type: 'request', id: new Uint8Array(randomBytes(16)), kind, deadline, bytes, have: 0 };
    const open: Open = {
      sensor,
      request,
      pieces: [],
      waitingBytes: 0,
      lastOnly: false,
      ended: false,
      failure: undefined,
      wake: undefined,
      cancel: () => undefined,
    };
    const left = deadline - this.#clock.now();
    const atSensor = [...this.#open.values()].filter((other) => other.sensor === sensor).length;
    let code = refusal;
    if (bytes.length > linkLimits.body) code ??= 'too-large';
    if (left <= 0) code ??= 'deadline';
    if (atSensor >= mostOpen) code ??= 'busy';
    if (code !== undefined) {
      open.ended = true;
      open.failure = failureOf('refused', code, sensor);
    } else {
      this.#open.set(keyOf(request.id), open);
      open.cancel = this.#clock.after(left, () => this.#end(open, failureOf('failed', 'deadline', sensor)), true);
      this.#sinks.get(sensor)?.ask(request);
    }
    return this.#answer(open);
  }

  /** A session can be asked: what is open at its sensor is asked, or asked again. */
  attach(sensor: string, sink: RequestSink): void {
    this.#sinks.set(sensor, sink);
    for (const open of this.#open.values()) if (open.sensor === sensor) sink.ask(open.request);
  }

  /** The session is over. */
  detach(sensor: string, sink: RequestSink): void {
    if (this.#sinks.get(sensor) === sink) this.#sinks.delete(sensor);
  }

  /** Takes what a sensor answered. Ids that nobody waits for, pieces that came already and other sensors' ids are ignored. */
  take(sensor: string, { id, state, code, bytes, index }: Response): void {
    const open = this.#open.get(keyOf(id));
    if (open === undefined || open.sensor !== sensor) return;
    if (state === 'refused' || state === 'failed') {
      this.#end(open, failureOf(state, code, sensor));
      return;
    }
    if (index !== open.request.have) return;
    open.request.have += 1;
    if (open.lastOnly) open.pieces = [];
    open.waitingBytes = open.pieces.reduce((sum, piece) => sum + piece.length, bytes.length);
    // The message's memory is the socket's.
    open.pieces.push(bytes.slice());
    if (state === 'done') this.#end(open, undefined);
    else if (open.waitingBytes > mostWaiting) this.#end(open, failureOf('failed', 'slow', sensor));
    else wake(open);
  }

  stop(): void {
    for (const open of this.#open.values()) this.#end(open, failureOf('failed', 'failed', open.sensor));
  }

  #end(open: Open, failure: AppError | undefined): void {
    if (open.ended) return;
    open.ended = true;
    open.failure = failure;
    open.cancel();
    this.#open.delete(keyOf(open.request.id));
    wake(open);
  }

  #answer(open: Open): RequestAnswer {
    const end = (failure: AppError): void => this.#end(open, failure);
    async function* pieces(): AsyncGenerator<Uint8Array, void> {
      try {
        for (;;) {
          const piece = open.pieces.shift();
          if (piece !== undefined) {
            yield piece;
            continue;
          }
          if (open.failure !== undefined) throw open.failure;
          if (open.ended) return;
          await new Promise<void>((resolve) => (open.wake = resolve));
        }
      } finally {
        // Who stops reading stops asking.
        end(failureOf('failed', 'slow', open.sensor));
      }
    }
    return {
      [Symbol.asyncIterator]: pieces,
      async done() {
        open.lastOnly = true;
        let last: Uint8Array | undefined;
        for await (const piece of pieces()) last = piece;
        return last ?? new Uint8Array(0);
      },
    };
  }
}

function wake(open: Open): void {
  const waiting = open.wake;
  open.wake = undefined;
  waiting?.();
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}

/** `code` came from the sensor, so it is shown as it is only when it is a word. */
function failureOf(state: 'refused' | 'failed', code: string, sensor: string): AppError {
  const word = /^[a-z-]{1,32}$/.test(code) ? code : 'failed';
  return state === 'refused'
    ? new AppError('request.refused', `${sensor} was not asked or refused: ${word}`, {
        context: { sensor, reason: word },
      })
    : new AppError('request.failed', `${sensor} gave no answer: ${word}`, { context: { sensor, reason: word } });
}
