import { linkLimits } from '../../proto/link.ts';
import type { RequestCode } from '../../proto/link.ts';
import type { Request, Response } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { LinkMetrics } from './metrics.ts';

/** Bytes of one streamed answer that are kept until they can be sent, and to be sent again. */
const answerBytes = 4 << 20;
/** Bytes of all finished answers that are kept, and ids that are known after their answers were forgotten. */
const memoryBytes = 8 << 20;
const memoryIds = 4096;
/** No deadline is further away than this, whatever it says. */
const mostMillis = 24 * 3_600_000;

/** Refuses a request from within its handler. */
export class RequestRefusal extends Error {
  readonly code: RequestCode;

  constructor(code: RequestCode, message: string) {
    super(message);
    this.name = 'RequestRefusal';
    this.code = code;
  }
}

export interface RequestContext {
  /** Aborted when the deadline is over: nobody waits any more. */
  readonly signal: AbortSignal;
  /**
   * Sends a piece of the answer. Resolves when the next one may come: the link's speed is the handler's. Rejects when
   * the deadline is over. The bytes are kept, not copied.
   */
  readonly part: (bytes: Uint8Array) => Promise<void>;
}

/** Does one kind of request. Answers with the last piece. `bytes` are the handler's. */
export type RequestHandler = (bytes: Uint8Array, context: RequestContext) => Promise<Uint8Array>;

/** Where answers go: a connection that is welcome and speaks a version with requests. */
export interface ResponseSink {
  /** Bytes that wait in the socket. */
  readonly buffered: number;
  /** Sends; `flushed` is called when the bytes have left. */
  send(response: Response, flushed: () => void): void;
}

/** Bytes in the socket beyond which answers wait: parts of windows share it. */
const socketBytes = 1 << 20;

interface Entry {
  id: Uint8Array;
  /** Pieces from number `first` on; those before are forgotten. */
  pieces: Response[];
  first: number;
  size: number;
  /** The next piece that the present connection gets; Infinity when it did not ask. */
  next: number;
  running: boolean;
  /** Steady time after which nobody can ask again. */
  until: number;
  progress: (() => void) | undefined;
}

/**
 * What a manager asks of this sensor. Handlers are registered by kind; each id is done once, also when it is asked again
 * over another connection: then its answer comes from memory. Bounds: `linkLimits.requestsAtOnce` at work, 4 MiB of an
 * answer under way, 8 MiB of finished ones, 4096 ids. A handler that does not heed its signal keeps its place.
 */
export class Requests {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #metrics: LinkMetrics;
  readonly #offset: () => number;
  readonly #handlers = new Map<number, RequestHandler>();
  readonly #entries = new Map<string, Entry>();
  #finishedBytes = 0;
  #running = 0;
  #sink: ResponseSink | undefined;

  /** `offset`: milliseconds that this host's clock is ahead of the manager's, whose clock deadlines are of. */
  constructor(deps: { clock: Clock; log: Logger; metrics: LinkMetrics; offset: () => number }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#metrics = deps.metrics;
    this.#offset = deps.offset;
  }

  handle(kind: number, handler: RequestHandler): void {
    this.#handlers.set(kind, handler);
  }

  /** A new connection, or none: what was asked over the old one is sent when it is asked again. */
  attach(sink: ResponseSink | undefined): void {
    this.#sink = sink;
    for (const entry of this.#entries.values()) entry.next = Infinity;
  }

  /** Takes a request that came over the attached connection. */
  take(request: Request): void {
    const key = Buffer.from(request.id).toString('hex');
    const left = request.deadline - (this.#clock.now() - this.#offset());
    const known = this.#entries.get(key);
    if (known !== undefined) return this.#again(known, request.have);
    const handler = this.#handlers.get(request.kind);
    if (handler === undefined) return this.#refuse(request, 'unknown-kind');
    if (left <= 0) return this.#refuse(request, 'deadline');
    if (this.#running >= linkLimits.requestsAtOnce) return this.#refuse(request, 'busy');
    const entry: Entry = {
      id: request.id.slice(),
      pieces: [],
      first: 0,
      size: 0,
      next: request.have,
      running: true,
      until: this.#clock.elapsed() + Math.min(left, mostMillis),
      progress: undefined,
    };
    this.#entries.set(key, entry);
    this.#forget();
    void this.#work(entry, handler, request.bytes.slice());
  }

  async #work(entry: Entry, handler: RequestHandler, bytes: Uint8Array): Promise<void> {
    this.#running += 1;
    const abort = new AbortController();
    const overdue = new RequestRefusal('deadline', 'the deadline is over');
    const cancel = this.#clock.after(
      entry.until - this.#clock.elapsed(),
      () => {
        abort.abort(overdue);
        wake(entry);
        this.#finish(entry, 'failed', 'deadline', new Uint8Array(0));
      },
      true,
    );
    const part = async (piece: Uint8Array): Promise<void> => {
      if (piece.length > linkLimits.body) throw new RequestRefusal('too-large', 'a piece is too large');
      abort.signal.throwIfAborted();
      this.#push(entry, 'part', '', piece);
      while (entry.size > answerBytes) {
        // What the connection has taken may go: asked again for it, the answer is that it is forgotten.
        if (entry.next !== Infinity && entry.first < entry.next) {
          entry.size -= entry.pieces.shift()?.bytes.length ?? 0;
          entry.first += 1;
          continue;
        }
        const before = entry.progress;
        await new Promise<void>((resolve) => {
          entry.progress = () => {
            before?.();
            resolve();
          };
        });
        abort.signal.throwIfAborted();
      }
    };
    try {
      const last = await handler(bytes, { signal: abort.signal, part });
      if (last.length > linkLimits.body) throw new RequestRefusal('too-large', 'an answer is too large');
      this.#finish(entry, 'done', '', last);
    } catch (error) {
      if (error instanceof RequestRefusal) this.#finish(entry, 'refused', error.code, new Uint8Array(0));
      else {
        if (!abort.signal.aborted) this.#log.error('a request failed', {}, error);
        this.#finish(entry, 'failed', 'failed', new Uint8Array(0));
      }
    } finally {
      cancel();
      this.#running -= 1;
    }
  }

  #finish(entry: Entry, state: 'done' | 'refused' | 'failed', code: RequestCode | '', bytes: Uint8Array): void {
    if (!entry.running) return;
    entry.running = false;
    this.#push(entry, state, code, bytes);
    this.#finishedBytes += entry.size;
    this.#metrics.requests.add();
    this.#forget();
  }

  #push(entry: Entry, state: Response['state'], code: string, bytes: Uint8Array): void {
    if (!entry.running && state === 'part') return;
    const index = entry.first + entry.pieces.length;
    entry.pieces.push({ type: 'response', id: entry.id, state, code, bytes, index });
    entry.size += bytes.length;
    this.#send(entry);
  }

  #again(entry: Entry, have: number): void {
    this.#metrics.requestsRepeated.add();
    if (have < entry.first) {
      this.#sink?.send(answerTo(entry.id, 'failed', 'forgotten', have), () => undefined);
      return;
    }
    entry.next = have;
    this.#send(entry);
    wake(entry);
  }

  /** Sends what the connection has not got yet, as far as it has room. */
  #send(entry: Entry): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    while (sink.buffered < socketBytes) {
      const piece = entry.pieces[entry.next - entry.first];
      if (piece === undefined) return;
      entry.next += 1;
      sink.send(piece, () => {
        if (sink !== this.#sink) return;
        this.#send(entry);
        wake(entry);
      });
    }
  }

  #refuse({ id }: Request, code: RequestCode): void {
    this.#metrics.requestsRefused.add();
    this.#sink?.send(answerTo(id.slice(), 'refused', code, 0), () => undefined);
  }

  /** Forgets ids that nobody can ask for any more, then the oldest answers beyond the bounds, then the oldest ids. */
  #forget(): void {
    const now = this.#clock.elapsed();
    for (const [key, entry] of this.#entries) {
      if (entry.running) continue;
      if (entry.until < now || this.#entries.size > memoryIds) {
        this.#finishedBytes -= entry.size;
        this.#entries.delete(key);
      } else if (
        this.#finishedBytes > memoryBytes &&
        entry.size > 0 &&
        entry.next >= entry.first + entry.pieces.length
      ) {
        this.#finishedBytes -= entry.size;
        entry.first += entry.pieces.length;
        entry.pieces = [];
        entry.size = 0;
      }
    }
  }
}

/** Pieces have left, or the deadline is over: who waits looks again. */
function wake(entry: Entry): void {
  const { progress } = entry;
  entry.progress = undefined;
  progress?.();
}

function answerTo(id: Uint8Array, state: 'refused' | 'failed', code: RequestCode, index: number): Response {
  return { type: 'response', id, state, code, bytes: new Uint8Array(0), index };
}
