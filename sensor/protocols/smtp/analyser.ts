import { Lines, replyCode } from '../lines.ts';
import type { ProtocolFlow, StreamAnalyser, StreamSink } from '../protocol.ts';

const MOST_LINE = 4096;
/** Octets of a flow within which something that is no SMTP unsays it; what comes later is let pass. */
const MOST_DOUBTED = 10_240;
/** Octets of a flow in which going over to TLS is waited for. */
const MOST_WATCHED = 65_536;
/** Commands that may wait for their reply. */
const MOST_PENDING = 256;
const SPACE = 0x20;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const READY = 220;
const LONGEST_COMMAND = 14;
/** Commands (RFC 5321, 4.1; RFC 3207; RFC 3030; RFC 4954; older ones), and Exchange's own way to TLS. */
const commands: ReadonlySet<string> = new Set(
  'EHLO HELO MAIL RCPT DATA QUIT RSET VRFY EXPN HELP NOOP STARTTLS BDAT TURN SEND SOML SAML AUTH X-ANONYMOUSTLS'.split(
    ' ',
  ),
);

/** SMTP, to know it when it is one, and to find TLS in it. */
export class SmtpAnalyser implements StreamAnalyser {
  readonly #flow: ProtocolFlow;
  readonly #requests: Lines = new Lines(MOST_LINE);
  readonly #replies: Lines = new Lines(MOST_LINE);
  #octets = 0;
  /** Code of the reply of several lines that goes on. */
  #continued = 0;
  /** Of what was not answered yet, whether it asks for TLS; the greeting answers the connection itself. */
  #pending: boolean[] = [false];
  #isMail = false;
  #inner: StreamSink | undefined;
  isDone: boolean;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
    this.isDone = flow.isPartial;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    let at = from;
    if (this.#inner === undefined) {
      this.#octets += to - from;
      if (isOrig) at = this.#requests.data(bytes, from, to, this.#request);
      else at = this.#replies.data(bytes, from, to, this.#reply);
      if (this.#octets > MOST_WATCHED && this.#inner === undefined) this.isDone = true;
    }
    if (at < to) this.#inner?.data(isOrig, bytes, at, to, time);
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

  readonly #request = (bytes: Uint8Array, from: number, to: number): boolean => {
    if (this.#isMail) {
      this.#isMail = to - from !== 1 || bytes[from] !== DOT;
      if (!this.#isMail) this.#ask(false);
      return true;
    }
    let end = from;
    while (end < to && end - from <= LONGEST_COMMAND && bytes[end]! > SPACE) end++;
    const command = String.fromCharCode(...bytes.subarray(from, end)).toUpperCase();
    if (!commands.has(command)) return true;
    this.#flow.confirm('smtp');
    this.#isMail = command === 'DATA';
    this.#ask(command === 'STARTTLS' || command === 'X-ANONYMOUSTLS');
    return true;
  };

  #ask(isForTls: boolean): void {
    if (this.#pending.length < MOST_PENDING) this.#pending.push(isForTls);
  }

  readonly #reply = (bytes: Uint8Array, from: number, to: number): boolean => {
    const code = replyCode(bytes, from, to);
    if (code < 100 || code > 599) {
      if (this.#octets > MOST_DOUBTED) return true;
      this.#flow.retract('smtp');
      this.isDone = true;
      return false;
    }
    const isNew = code !== this.#continued;
    this.#continued = to - from > 3 && bytes[from + 3] === HYPHEN ? code : 0;
    if (!isNew) return true;
    const isForTls = this.#pending.shift() ?? false;
    // The mail that was refused does not come.
    if (code >= 400) this.#isMail = false;
    if (!isForTls || code !== READY) return true;
    this.#inner = this.#flow.inner();
    return false;
  };
}
