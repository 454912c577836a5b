import type { Files } from '../files/file.ts';
import { Lines, replyCode } from '../lines.ts';
import type { ProtocolFlow, StreamAnalyser, StreamSink } from '../protocol.ts';
import { MailPart, type MailContext } from './mail.ts';

const MOST_LINE = 4096;
/** Octets of a flow within which something that is no SMTP unsays it; what comes later is let pass. */
const MOST_DOUBTED = 10_240;
/** Octets of a flow in which going over to TLS, or a mail, is waited for. */
const MOST_WATCHED = 65_536;
/** Commands that may wait for their reply. */
const MOST_PENDING = 256;
const SPACE = 0x20;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const READY = 220;
const SEND_MAIL = 354;
const LONGEST_COMMAND = 14;
/** Commands (RFC 5321, 4.1; RFC 3207; RFC 3030; RFC 4954; older ones), and Exchange's own way to TLS. */
const commands: ReadonlySet<string> = new Set(
  'EHLO HELO MAIL RCPT DATA QUIT RSET VRFY EXPN HELP NOOP STARTTLS BDAT TURN SEND SOML SAML AUTH X-ANONYMOUSTLS'.split(
    ' ',
  ),
);

/** What an answer that waits is to. */
const Asked = { OTHER: 0, TLS: 1, MAIL: 2 } as const;
type Asked = (typeof Asked)[keyof typeof Asked];

/** SMTP, to know it when it is one, and to find TLS in it, and the files that mails are made of. */
export class SmtpAnalyser implements StreamAnalyser {
  readonly #flow: ProtocolFlow;
  /** Absent where nobody looks at mails. */
  readonly #mails: MailContext | undefined;
  #time = 0;
  readonly #requests: Lines = new Lines(MOST_LINE);
  readonly #replies: Lines = new Lines(MOST_LINE);
  #octets = 0;
  /** Code of the reply of several lines that goes on. */
  #continued = 0;
  /** What was not answered yet; the greeting answers the connection itself. */
  #pending: Asked[] = [Asked.OTHER];
  #isInMail = false;
  #mail: MailPart | undefined;
  /** Parts of all its mails. */
  #parts = 0;
  #inner: StreamSink | undefined;
  isDone: boolean;

  /** Without files nobody looks at mails. */
  constructor(flow: ProtocolFlow, files?: Files) {
    this.#flow = flow;
    if (files !== undefined) this.#mails = { flow, files, now: () => this.#time, began: () => ++this.#parts };
    this.isDone = flow.isPartial;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    let at = from;
    this.#time = time;
    if (this.#inner === undefined) {
      this.#octets += to - from;
      if (isOrig) at = this.#requests.data(bytes, from, to, this.#request);
      else at = this.#replies.data(bytes, from, to, this.#reply);
      if (this.#octets > MOST_WATCHED && this.#inner === undefined && this.#parts === 0) this.isDone = true;
    }
    if (at < to) this.#inner?.data(isOrig, bytes, at, to, time);
  }

  get held(): number {
    return this.#requests.held + this.#replies.held + (this.#mail?.held ?? 0);
  }

  gap(isOrig: boolean, length: number, time: number): void {
    this.#time = time;
    if (this.#inner !== undefined) {
      this.#inner.gap(isOrig, length, time);
      return;
    }
    if (isOrig) this.#mail?.gap(length);
    this.isDone = true;
  }

  endOfData(isOrig: boolean, time: number): void {
    this.#inner?.endOfData(isOrig, time);
  }

  finish(time: number): void {
    this.#time = time;
    this.#endMail();
    this.#inner?.finish(time);
  }

  readonly #request = (bytes: Uint8Array, from: number, to: number): boolean => {
    if (this.#isInMail) {
      this.#mailLine(bytes, from, to);
      return true;
    }
    let end = from;
    while (end < to && end - from <= LONGEST_COMMAND && bytes[end]! > SPACE) end++;
    const command = String.fromCharCode(...bytes.subarray(from, end)).toUpperCase();
    if (!commands.has(command)) return true;
    this.#flow.confirm('smtp');
    if (command === 'DATA') {
      this.#isInMail = true;
      if (this.#mails !== undefined) this.#mail = new MailPart(this.#mails);
      this.#ask(Asked.MAIL);
    } else {
      this.#ask(command === 'STARTTLS' || command === 'X-ANONYMOUSTLS' ? Asked.TLS : Asked.OTHER);
    }
    return true;
  };

  #mailLine(bytes: Uint8Array, from: number, to: number): void {
    const isDotted = to > from && bytes[from] === DOT;
    if (isDotted && to - from === 1) {
      this.#endMail();
      this.#ask(Asked.OTHER);
    } else {
      this.#mail?.line(bytes, isDotted ? from + 1 : from, to);
    }
  }

  #endMail(): void {
    this.#isInMail = false;
    this.#mail?.end();
    this.#mail = undefined;
  }

  #ask(what: Asked): void {
    if (this.#pending.length < MOST_PENDING) this.#pending.push(what);
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
    const asked = this.#pending.shift() ?? Asked.OTHER;
    // A mail that is refused does not come.
    if (asked === Asked.MAIL && code !== SEND_MAIL && this.#isInMail) this.#endMail();
    if (asked !== Asked.TLS || code !== READY) return true;
    this.#inner = this.#flow.inner();
    return false;
  };
}
