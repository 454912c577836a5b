import { byteText } from '../../../core/dns/byteText.ts';
import type { HttpFiles } from '../files/file.ts';
import { type ProtocolFlow, Sign, type StreamAnalyser, type StreamSink } from '../protocol.ts';
import { ContentLines, type LineSink } from './contentLines.ts';
import { Expect } from './entity.ts';
import type { Header } from './header.ts';
import { type Conversation, Message } from './message.ts';
import { recogniseHttp } from './recognise.ts';
import {
  isVersion,
  noVersion,
  oldVersion,
  readRequestLine,
  readStatusLine,
  type Version,
  versionText,
} from './startLine.ts';
import { type HttpTold, toldAll, Transactions } from './transactions.ts';

/** What comes next of a direction. RAW: HTTP/0.9's answer without any line. */
const State = { LINE: 0, MESSAGE: 1, NOTHING: 2, RAW: 3 } as const;
type State = (typeof State)[keyof typeof State];

/** Octets of both sides after which what is no HTTP does not matter any more (Zeek's default). */
const FORGIVEN = 10_240;
/** Octets of an answer that show that it is HTTP: `HTTP/1`. */
const SHOWN = 6;
/** Requests whose methods are remembered until their answers come. */
const MOST_UNANSWERED = 1024;
/** What it takes in memory beside what it holds: measured, about. */
const ANALYSER_OCTETS = 1024;
const version11: Version = { major: 1, minor: 1 };
const none = new Uint8Array(0);

/**
 * HTTP up to 1.1 over one TCP stream, by the rules of Zeek's analyser: lenient where servers are, given up where a hole
 * leaves unknown what follows. Streams that were picked up in the middle are left alone.
 */
export class HttpAnalyser implements StreamAnalyser, Conversation {
  readonly transactions: Transactions;
  time = 0;
  isClosing = false;
  replyCode = 0;
  readonly #flow: ProtocolFlow;
  readonly #orig: ContentLines;
  readonly #resp: ContentLines;
  #requestState: State = State.LINE;
  #replyState: State = State.LINE;
  #request: Message | undefined;
  #reply: Message | undefined;
  #isRequesting = false;
  #isReplying = false;
  #requestVersion: Version = noVersion;
  #replyVersion: Version = noVersion;
  #requests = 0;
  #isKeptAlive = false;
  #isConnect = false;
  #isUpgrade = false;
  #upgrade = '';
  /** Methods of requests whose answer is not over. */
  readonly #unanswered: string[] = [];
  #inner: StreamSink | undefined;
  #isSure = false;
  #isLeft: boolean;
  /** Octets of both sides, and of the server's. */
  #octets = 0;
  #answered = 0;
  #isViolated = false;

  constructor(flow: ProtocolFlow, files: HttpFiles, told: HttpTold = toldAll) {
    this.#flow = flow;
    this.#isLeft = flow.isPartial;
    this.transactions = new Transactions(flow, files, told);
    this.#orig = new ContentLines(this.#sink(true));
    this.#resp = new ContentLines(this.#sink(false));
  }

  get isDone(): boolean {
    return this.#isLeft;
  }

  get isSure(): boolean {
    return this.#isSure;
  }

  /** Octets of memory that it keeps, about. */
  get held(): number {
    const messages = (this.#request?.held ?? 0) + (this.#reply?.held ?? 0);
    return ANALYSER_OCTETS + this.#orig.held + this.#resp.held + messages + this.transactions.held;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.#isLeft) return;
    this.time = time;
    // A request's first line may be longer than what is looked at of the unknown.
    if (isOrig && this.#octets === 0) this.#isSure = isRequestBegin(bytes.subarray(from, to));
    this.#octets += to - from;
    if (!isOrig) this.#answered += to - from;
    if (!isOrig && this.#replyState === State.RAW) this.#raw(bytes, from, to);
    else this.#lines(isOrig).feed(bytes, from, to);
    if (this.#isViolated) this.#lookViolated();
    this.#lookDone();
  }

  gap(isOrig: boolean, length: number, time: number): void {
    if (this.#isLeft) return;
    this.time = time;
    this.#octets += length;
    this.#inner?.gap(isOrig, length, time);
    const message = isOrig ? this.#request : this.#reply;
    if (message?.undelivered(length) === true) return;
    // Whether an answer has a body depends on its request.
    if (isOrig) this.#requestMade(true);
    this.#replyMade(true);
    this.#lines(isOrig).isClosed = true;
    this.#lookDone();
  }

  endOfData(isOrig: boolean, time: number): void {
    if (this.#isLeft) return;
    this.time = time;
    if (isOrig || this.#replyState !== State.RAW) this.#lines(isOrig).end();
    if (isOrig) this.#requestMade(false);
    else this.#replyMade(false);
    this.#inner?.endOfData(isOrig, time);
    this.#lookDone();
  }

  /** What was begun is over; what comes after all belongs to nothing. */
  reset(time: number): void {
    if (this.#isLeft) return;
    this.time = time;
    this.#requestMade(true);
    this.#replyMade(true);
    this.#inner?.reset?.(time);
    this.#lookDone();
  }

  finish(time: number): void {
    this.time = time;
    this.#requestMade(true);
    this.#replyMade(true);
    this.transactions.finish();
    this.#inner?.finish(time);
    this.#isLeft = true;
  }

  isVersion11(): boolean {
    return isVersion(this.#isRequesting ? this.#requestVersion : this.#replyVersion, version11);
  }

  weird(name: string, addl?: string): void {
    this.#flow.weird(name, addl);
  }

  header(isOrig: boolean, header: Header): void {
    if (header.name === 'CONNECTION') {
      if (isOrig) this.#isKeptAlive ||= header.firstToken === 'keep-alive';
      else if (header.firstToken === 'close') this.isClosing = true;
      else if (header.firstToken === 'upgrade') this.#isUpgrade = true;
    } else if (!isOrig && header.name === 'UPGRADE') {
      this.#upgrade = header.firstToken;
    }
    this.transactions.header(isOrig, header, this.time);
  }

  done(isOrig: boolean): void {
    if (isOrig) this.#requestMade(false);
    else this.#replyMade(false);
  }

  #lines(isOrig: boolean): ContentLines {
    return isOrig ? this.#orig : this.#resp;
  }

  #sink(isOrig: boolean): LineSink {
    let isLineBegin = true;
    return {
      line: (bytes, from, to, hasEnd) => {
        const isBegin = isLineBegin;
        const message = isOrig ? this.#request : this.#reply;
        const state = isOrig ? this.#requestState : this.#replyState;
        // A line that is too long is one where lines matter.
        const isCut = !hasEnd && (state !== State.MESSAGE || message?.isInHeader === true);
        if (isCut) this.weird('contentline_size_exceeded');
        isLineBegin = hasEnd || isCut;
        if (isOrig) this.#requestLine(bytes, from, to, isLineBegin, isBegin);
        else this.#replyLine(bytes, from, to, isLineBegin, isBegin);
      },
      octets: (bytes, from, to) => {
        isLineBegin = true;
        const message = isOrig ? this.#request : this.#reply;
        if (message !== undefined) message.deliver(bytes, from, to, false, true);
        else this.weird(isOrig ? 'unexpected_client_HTTP_data' : 'unexpected_server_HTTP_data');
      },
      beyond: (bytes, from, to) => this.#inner?.data(isOrig, bytes, from, to, this.time),
      weird: (name) => this.weird(name),
    };
  }

  #requestLine(bytes: Uint8Array, from: number, to: number, hasEnd: boolean, isBegin: boolean): void {
    if (this.#requestState === State.MESSAGE) {
      this.#request?.deliver(bytes, from, to, hasEnd, isBegin);
      return;
    }
    if (this.#requestState !== State.LINE) return;
    const line = readRequestLine(bytes, from, to, (name) => this.weird(name));
    if (line === undefined) {
      if (this.#requests > 0 && !this.#isKeptAlive) return;
      if (to === from) this.weird('empty_http_request');
      else this.#requestState = State.NOTHING;
      this.#isViolated ||= to > from;
      return;
    }
    if (line.version !== undefined) this.#requestVersion = this.#versionAfter(this.#requestVersion, line.version);
    this.#beginRequest(line.method, line.uri);
  }

  #beginRequest(method: string, uri: string): void {
    this.#requests++;
    if (!this.#isKeptAlive && this.#requests > 1) this.weird('unexpected_multiple_HTTP_requests');
    this.#requestState = State.MESSAGE;
    this.#isRequesting = true;
    this.#unanswered.push(method);
    if (this.#unanswered.length > MOST_UNANSWERED) this.#unanswered.shift();
    this.#isSure = true;
    this.#flow.confirm('http');
    if (isWord(method, 'CONNECT')) this.#isConnect = true;
    this.transactions.request(method, uri, this.time);
    this.#request = this.#begin(true, this.#request, Expect.MAYBE);
    if (!isVersion(this.#requestVersion, oldVersion)) return;
    if (method !== 'GET') this.weird('invalid_http_09_request_method', method);
    if (this.#reply !== undefined) {
      this.weird('http_09_reply_before_request');
      this.#reply.finish();
      this.#reply = undefined;
    }
    this.#replyState = State.RAW;
  }

  #replyLine(bytes: Uint8Array, from: number, to: number, hasEnd: boolean, isBegin: boolean): void {
    if (this.#replyState === State.MESSAGE) {
      this.#reply?.deliver(bytes, from, to, hasEnd, isBegin);
      if (this.#isConnect && to === from && !this.#resp.isBeyond) this.#goBeyond('');
      return;
    }
    if (this.#replyState !== State.LINE) return;
    const read = readStatusLine(bytes, from, to, (name) => this.weird(name));
    if (read !== undefined) this.#replyVersion = this.#versionAfter(this.#replyVersion, read.version);
    if (read?.line === undefined) {
      if (to > from) this.#replyState = State.NOTHING;
      this.#isViolated ||= to > from;
      return;
    }
    const { code, reason } = read.line;
    this.replyCode = code;
    this.#replyState = State.MESSAGE;
    this.#beginReply(reason === undefined ? '<empty>' : byteText(bytes, reason, to));
    if (this.#isConnect && code !== 200) this.#isConnect = false;
  }

  #beginReply(reason: string): void {
    this.#isSure = true;
    if (this.#unanswered.length > 0) this.#flow.confirm('http');
    this.#isReplying = true;
    this.transactions.answer(versionText(this.#replyVersion), this.replyCode, reason, this.time);
    this.#reply = this.#begin(false, this.#reply, this.#expectedOfReply());
  }

  /** The answer of HTTP/0.9: a body and nothing else. */
  #raw(bytes: Uint8Array, from: number, to: number): void {
    if (this.#reply === undefined) {
      this.#replyVersion = this.#versionAfter(this.#replyVersion, oldVersion);
      const hasRequest = this.#unanswered.length > 0;
      if (hasRequest) this.#flow.confirm('http');
      this.#unanswered.shift();
      this.isClosing = true;
      this.#isReplying = true;
      this.transactions.answer(versionText(this.#replyVersion), this.replyCode, '<empty>', this.time);
      this.#reply = this.#begin(false, undefined, this.#expectedOfReply());
      this.#reply.deliver(none, 0, 0, true, true);
    }
    this.#reply.deliver(bytes, from, to, false, true);
  }

  #begin(isOrig: boolean, before: Message | undefined, expect: Expect): Message {
    if (before !== undefined && !before.isFinished) this.weird('HTTP_overlapping_messages');
    return new Message(this, this.#lines(isOrig), isOrig, expect);
  }

  /** RFC 9110, section 6.4.1. */
  #expectedOfReply(): Expect {
    const method = this.#unanswered[0];
    if (method !== undefined && isWord(method, 'HEAD')) return Expect.NOT;
    const code = this.replyCode;
    return (code >= 100 && code < 200) || code === 204 || code === 304 ? Expect.NOT : Expect.BODY;
  }

  #versionAfter(before: Version, version: Version): Version {
    if (!isVersion(before, noVersion) && !isVersion(before, version)) this.weird('HTTP_version_mismatch');
    if (version.major > 1 || (version.major === 1 && version.minor > 0)) this.#isKeptAlive = true;
    return version;
  }

  #requestMade(isInterrupted: boolean): void {
    if (!this.#isRequesting) return;
    this.#isRequesting = false;
    this.#request?.finish();
    this.#requestState = isInterrupted ? State.NOTHING : State.LINE;
  }

  #replyMade(isInterrupted: boolean): void {
    if (!this.#isReplying) return;
    this.#isReplying = false;
    this.#reply?.finish();
    const code = this.replyCode;
    if (code < 100 || code >= 200) this.#unanswered.shift();
    const isUpgraded =
      code === 101 && this.#unanswered.length === 1 && this.#isUpgrade && this.#upgrade !== '' && !this.#resp.isBeyond;
    if (isUpgraded) this.#goBeyond(this.#upgrade);
    this.replyCode = 0;
    this.#isUpgrade = false;
    this.#upgrade = '';
    this.#replyState = isInterrupted || isUpgraded ? State.NOTHING : State.LINE;
  }

  /** What follows is no HTTP: it is looked at as a stream of its own, but for WebSocket's frames. */
  #goBeyond(protocol: string): void {
    this.#orig.isBeyond = true;
    this.#resp.isBeyond = true;
    if (protocol !== 'websocket') this.#inner ??= this.#flow.inner();
  }

  /**
   * What is no HTTP early in a connection ends it, and it is none of its services. As in Zeek, where the answer's begin
   * is looked at anew: behind a first line that is no request, the answer counts as far as its first octets bring it.
   */
  #lookViolated(): void {
    if (this.#octets > FORGIVEN) {
      this.#isViolated = false;
      return;
    }
    if (this.#requests === 0 && this.#requestState === State.NOTHING && this.#answered < SHOWN) return;
    this.#flow.retract('http');
    this.#requestMade(true);
    this.#replyMade(true);
    this.#orig.isClosed = true;
    this.#resp.isClosed = true;
  }

  #lookDone(): void {
    const isOrigOver = this.#orig.isClosed || this.#requestState === State.NOTHING || this.#isIgnored(this.#orig);
    const isRespOver = this.#resp.isClosed || this.#replyState === State.NOTHING || this.#isIgnored(this.#resp);
    this.#isLeft = isOrigOver && isRespOver && !this.#isRequesting && !this.#isReplying && this.#inner === undefined;
  }

  #isIgnored(lines: ContentLines): boolean {
    return lines.isBeyond && this.#inner === undefined;
  }
}

function isRequestBegin(bytes: Uint8Array): boolean {
  return recogniseHttp(true, bytes, bytes.length) === Sign.YES;
}

/** Whether a method is that word, or a begin of it, as Zeek compares. */
function isWord(method: string, word: string): boolean {
  return method.length <= word.length && word.startsWith(method.toUpperCase());
}
