import { FILE_OCTETS, type Files, type FileStream } from '../files/file.ts';
import { type Composition, delimiterOf, readContentType } from '../http/contentType.ts';
import type { Header } from '../http/header.ts';
import { HeaderLines } from '../http/headerLines.ts';
import { transferDecoder, type TransferDecoder } from '../http/transferDecoding.ts';
import { fileNameOf } from '../http/uri.ts';
import type { ProtocolFlow } from '../protocol.ts';

/** Parts within parts; deeper ones are nobody's. */
const MOST_DEPTH = 16;
/** What a part takes in memory, and a file that is on its way, about. */
const PART_OCTETS = 512;
const lineEnd = Uint8Array.of(0x0d, 0x0a);

/** What the parts of a mail share. */
export interface MailContext {
  readonly flow: ProtocolFlow;
  readonly files: Files;
  /** Time of the packet at hand, in seconds. */
  now(): number;
  /** A part begins: its number among those of the connection, from 1. */
  began(): number;
}

/** A mail, or a part of one (RFC 2045, RFC 2046): headers, then a body that is a file, or parts, or a mail in it. */
export class MailPart {
  readonly #context: MailContext;
  readonly #depth: number;
  readonly #isPart: boolean;
  readonly #number: number;
  #isInHeader = true;
  readonly #headers: HeaderLines = new HeaderLines();
  #composition: Composition = 'plain';
  #boundary: Uint8Array | undefined;
  #encoding: string;
  #decoder: TransferDecoder | undefined;
  #child: MailPart | undefined;
  #isLineEndOwed = false;
  #fileName: string | undefined;
  #file: FileStream | undefined;

  constructor(context: MailContext, depth = 0, isPart = false, encoding = '') {
    this.#context = context;
    this.#depth = depth;
    this.#isPart = isPart;
    this.#encoding = encoding;
    this.#number = context.began();
  }

  /** Octets of memory that it takes, about. */
  get held(): number {
    const file = this.#file === undefined ? 0 : FILE_OCTETS;
    return PART_OCTETS + this.#headers.held + file + (this.#child?.held ?? 0);
  }

  /** A line without its end. Answers whether it was the last delimiter of parts that it knows. */
  line(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#isInHeader) {
      this.#header(bytes, from, to);
      return false;
    }
    if (this.#composition === 'plain') {
      this.#content(bytes, from, to);
      return false;
    }
    const delimiter = this.#boundary === undefined ? 'none' : delimiterOf(bytes, from, to, this.#boundary);
    if (delimiter === 'none') {
      // What stands before the first and behind the last part is nobody's.
      if (this.#child?.line(bytes, from, to) === true) this.#endChild();
      return false;
    }
    this.#endChild();
    if (delimiter === 'part') this.#beginChild();
    return delimiter === 'close';
  }

  /** Octets are missing in the part at hand. */
  gap(length: number): void {
    if (this.#child !== undefined) this.#child.gap(length);
    else this.#file?.gap(length, this.#context.now());
  }

  end(): void {
    if (this.#isInHeader) this.#finishHeader();
    this.#isInHeader = false;
    this.#endChild();
    const rest = this.#decoder?.end();
    if (rest !== undefined && rest.length > 0) this.#give(rest, 0, rest.length);
    this.#decoder = undefined;
    this.#file?.end(this.#context.now());
    this.#file = undefined;
  }

  #header(bytes: Uint8Array, from: number, to: number): void {
    if (to > from && this.#headers.isFolded(bytes, from)) {
      this.#headers.fold(bytes, from, to);
      return;
    }
    this.#finishHeader();
    if (to > from) {
      this.#headers.begin(bytes, from, to);
      return;
    }
    this.#isInHeader = false;
    this.#decoder = transferDecoder(this.#encoding);
    if (this.#composition === 'message') this.#beginChild();
  }

  #finishHeader(): void {
    const header = this.#headers.finish();
    if (header !== undefined) this.#take(header);
  }

  #take(header: Header): void {
    const { name, bytes, from, to } = header;
    if (name === 'CONTENT-TYPE') {
      const type = readContentType(bytes, from, to);
      this.#composition = type?.composition ?? this.#composition;
      this.#boundary = type?.boundary ?? this.#boundary;
    }
    if (name === 'CONTENT-TRANSFER-ENCODING') this.#encoding = header.firstToken;
    if (name === 'CONTENT-TYPE' || name === 'CONTENT-DISPOSITION') {
      this.#fileName = fileNameOf(bytes, from, to, name === 'CONTENT-TYPE') ?? this.#fileName;
    }
  }

  #content(bytes: Uint8Array, from: number, to: number): void {
    if (this.#decoder !== undefined) {
      const decoded = this.#decoder.line(bytes, from, to);
      if (decoded.length > 0) this.#give(decoded, 0, decoded.length);
      return;
    }
    if (this.#isLineEndOwed) this.#give(lineEnd, 0, 2);
    if (to > from) this.#give(bytes, from, to);
    // The last line end before a delimiter is the delimiter's (RFC 2046, 5.1.1).
    if (!this.#isPart) this.#give(lineEnd, 0, 2);
    this.#isLineEndOwed = this.#isPart;
  }

  #give(bytes: Uint8Array, from: number, to: number): void {
    const { flow, files } = this.#context;
    const time = this.#context.now();
    this.#file ??= files.open({
      flow,
      source: 'SMTP',
      isOrig: true,
      time,
      depth: this.#number,
      ...(this.#fileName !== undefined && { fileName: this.#fileName }),
    });
    this.#file.data(bytes, from, to, time);
  }

  #beginChild(): void {
    if (this.#depth >= MOST_DEPTH) return;
    const isPart = this.#composition === 'multipart';
    this.#child = new MailPart(this.#context, this.#depth + 1, isPart, this.#encoding);
  }

  #endChild(): void {
    this.#child?.end();
    this.#child = undefined;
  }
}
