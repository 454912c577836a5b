import { Lines, replyCode } from '../lines.ts';
import type { ProtocolFlow, StreamAnalyser, StreamSink } from '../protocol.ts';
import { type DataEnd, type ExpectedData, readExtendedPort, readHostPort } from './expectedData.ts';

const MOST_LINE = 4096;
/** Characters of a command's word. */
const LEAST_COMMAND = 3;
const MOST_COMMAND = 100;
/** Octets of a flow within which something that is no FTP unsays it; what comes later is let pass. */
const MOST_DOUBTED = 10_240;
/** Octets of a flow in which going over to TLS is waited for. */
const MOST_WATCHED = 65_536;
const SPACE = 0x20;
const HYPHEN = 0x2d;
/** The server agrees to TLS (RFC 4217, 4). */
const AUTH_DONE = 234;
/** The server says where it listens (RFC 959, 4.2; RFC 2428, 3). */
const PASSIVE = 227;
const EXTENDED_PASSIVE = 229;

/** The control connection of FTP, to know it when it is one, and to find TLS in it. */
export class FtpAnalyser implements StreamAnalyser {
  readonly #flow: ProtocolFlow;
  readonly #expected: ExpectedData | undefined;
  #time = 0;
  readonly #requests: Lines = new Lines(MOST_LINE);
  readonly #replies: Lines = new Lines(MOST_LINE);
  #octets = 0;
  /** Code of the reply of several lines that goes on. */
  #pending = 0;
  #asksTls = false;
  #isConfirmed = false;
  #inner: StreamSink | undefined;
  isDone = false;

  /** `expected` hears of data connections; absent where nobody looks at them. */
  constructor(flow: ProtocolFlow, expected?: ExpectedData) {
    this.#flow = flow;
    this.#expected = expected;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    let at = from;
    this.#time = time;
    if (this.#inner === undefined) {
      this.#octets += to - from;
      if (isOrig) at = this.#requests.data(bytes, from, to, this.#request);
      else at = this.#replies.data(bytes, from, to, this.#reply);
      if (this.#octets > MOST_WATCHED && this.#inner === undefined && !this.#isFollowed) this.isDone = true;
    }
    if (at < to) this.#inner?.data(isOrig, bytes, at, to, time);
  }

  get held(): number {
    return this.#requests.held + this.#replies.held;
  }

  gap(isOrig: boolean, length: number, time: number): void {
    if (this.#inner === undefined) this.isDone = true;
    else this.#inner.gap(isOrig, length, time);
  }

  endOfData(isOrig: boolean, time: number): void {
    this.#inner?.endOfData(isOrig, time);
  }

  finish(time: number): void {
    this.#inner?.finish(time);
  }

  /** Its commands may announce data connections as long as it lasts. */
  get #isFollowed(): boolean {
    return this.#expected !== undefined && this.#isConfirmed;
  }

  #expect(end: DataEnd | undefined): void {
    if (end !== undefined) this.#expected?.add(end, this.#time);
  }

  #server(): Uint32Array {
    const words = new Uint32Array(4);
    this.#flow.address(false, words, 0);
    return words;
  }

  readonly #request = (bytes: Uint8Array, from: number, to: number): boolean => {
    let at = from;
    while (at < to && bytes[at] === SPACE) at++;
    let end = at;
    while (end < to && bytes[end]! > SPACE && bytes[end]! < 0x7f) end++;
    const isWord = end === to || bytes[end] === SPACE;
    if (!isWord || end - at < LEAST_COMMAND || end - at > MOST_COMMAND) return true;
    this.#flow.confirm('ftp');
    this.#isConfirmed = true;
    const command = String.fromCharCode(...bytes.subarray(at, end)).toUpperCase();
    if (command === 'PORT') this.#expect(readHostPort(text(bytes, end, to)));
    else if (command === 'EPRT') this.#expect(readExtendedPort(text(bytes, end, to)));
    if (command === 'AUTH') this.#asksTls = String.fromCharCode(...bytes.subarray(end + 1, to)).trim() === 'TLS';
    return true;
  };

  readonly #reply = (bytes: Uint8Array, from: number, to: number): boolean => {
    if (to <= from) return true;
    const code = replyCode(bytes, from, to);
    const after = to - from > 3 ? bytes[from + 3]! : SPACE;
    if (this.#pending > 0) {
      if (code !== this.#pending || after !== SPACE || to - from <= 3) return true;
      this.#pending = 0;
    } else if (code < 100 || (after !== SPACE && after !== HYPHEN)) {
      if (this.#octets > MOST_DOUBTED) return true;
      this.#flow.retract('ftp');
      this.isDone = true;
      return false;
    } else if (after === HYPHEN) {
      this.#pending = code;
    }
    if (code === PASSIVE) this.#expect(readHostPort(text(bytes, from, to)));
    else if (code === EXTENDED_PASSIVE) this.#expect(readExtendedPort(text(bytes, from, to), this.#server()));
    if (code !== AUTH_DONE || !this.#asksTls) return true;
    this.#inner = this.#flow.inner();
    return false;
  };
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
