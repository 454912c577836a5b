import { FILE_OCTETS, type RangedFile } from '../files/file.ts';
import { type Composition, delimiterOf, readContentType } from './contentType.ts';
import { type Header, latin1 } from './header.ts';
import { Inflater } from './inflater.ts';
import type { MessageContext } from './message.ts';
import { transferDecoder, type TransferDecoder } from './transferDecoding.ts';
import { integerOf } from './lengths.ts';
import { Framing } from './framing.ts';
import { HeaderLines } from './headerLines.ts';

/** Whether a body follows the headers. */
export const Expect = { NOT: 0, BODY: 1, MAYBE: 2 } as const;
export type Expect = (typeof Expect)[keyof typeof Expect];

/** Where a chunked body is (RFC 9112, section 7.1). */
const Chunk = { NONE: 0, SIZE: 2, DATA: 3, END: 4, TRAILER: 5, OVER: 6 } as const;
type Chunk = (typeof Chunk)[keyof typeof Chunk];

/** Parts within parts; deeper ones are content of the last. */
const MOST_DEPTH = 16;
/** What an entity, and an inflation, take in memory: measured, about. */
const ENTITY_OCTETS = 512;
const INFLATER_OCTETS = 73_728;
/** A body up to the connection's end: Zeek's number. */
const UNTIL_END = 2_147_483_647;

const lineEnd = Uint8Array.of(0x0d, 0x0a);

/**
 * A message's headers and body, or those of a part of a multipart body: by Zeek's reader of HTTP's and MIME's entities.
 * Says to the line splitter how the body comes, and hands its content to the files.
 */
export class Entity {
  readonly depth: number;
  readonly #context: MessageContext;
  readonly #parent: Entity | undefined;
  readonly #expect: Expect;
  #isInHeader = true;
  #isOver = false;
  readonly #headerLines: HeaderLines = new HeaderLines();
  readonly #framing: Framing;
  #composition: Composition = 'plain';
  #boundary: Uint8Array | undefined;
  #child: Entity | undefined;
  #transferEncoding = '';
  #decoder: TransferDecoder | undefined;
  #isLineEndOwed = false;
  #chunk: Chunk = Chunk.NONE;
  #expected = 0;
  #bodyLength = 0;
  #sentLength = 0;
  #isCompressed = false;
  #inflater: Inflater | undefined;
  /** When the octets came that brought its content, which may have been inflated later. */
  #bodyTime = 0;
  #isSizeOwed = true;
  #file: RangedFile | undefined;

  constructor(context: MessageContext, parent: Entity | undefined, expect: Expect) {
    this.#context = context;
    this.#parent = parent;
    this.#expect = expect;
    this.#framing = new Framing((name, addl) => context.weird(name, addl));
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    if (parent !== undefined) this.#transferEncoding = parent.#transferEncoding;
    context.began();
  }

  /** Octets of its body, after chunks and compression are undone. */
  get bodyLength(): number {
    return this.#bodyLength;
  }

  /** Octets of its body as it was sent: chunks are undone, compression is not. */
  get sentLength(): number {
    return this.#sentLength;
  }

  /** Octets of memory that it takes, about; its parts apart. */
  get held(): number {
    const inflating = this.#inflater === undefined ? 0 : INFLATER_OCTETS;
    const file = this.#file === undefined ? 0 : FILE_OCTETS;
    return ENTITY_OCTETS + this.#headerLines.held + inflating + file;
  }

  get isInHeader(): boolean {
    return this.#isInHeader;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** A line (`hasEnd`), or octets as they are. A delimiter of parts stands only where a line begins. */
  deliver(bytes: Uint8Array, from: number, to: number, hasEnd: boolean, isLineBegin: boolean): void {
    if (this.#isOver) return;
    if (this.#isInHeader) {
      if (!hasEnd) this.#context.weird('http_no_crlf_in_header_list');
      this.#header(bytes, from, to);
    } else if (this.#composition !== 'plain') {
      this.#body(bytes, from, to, hasEnd, isLineBegin);
      if (this.depth !== 0 || this.#framing.contentLength <= 0) return;
      this.#expected -= to - from + (hasEnd ? 2 : 0);
      if (this.#expected > 0) return;
      this.#context.lines.plain = 0;
      this.endOfData();
    } else if (this.#chunk !== Chunk.NONE) {
      this.#chunked(bytes, from, to);
    } else if (this.#framing.contentLength >= 0) {
      this.#body(bytes, from, to, false, isLineBegin);
      this.#expected -= to - from;
      if (this.#expected > 0) return;
      this.#context.lines.plain = 0;
      this.#context.lines.endAfter(-1);
      this.endOfData();
    } else {
      this.#body(bytes, from, to, hasEnd, isLineBegin);
    }
  }

  /** Whether it is one of several parts. */
  get #isPart(): boolean {
    return this.#parent !== undefined && this.#parent.#composition === 'multipart';
  }

  /** Octets are missing. Answers whether they were all of the body, so that it goes on. */
  undelivered(length: number): boolean {
    if (this.#isOver) return false;
    this.#flush();
    if (this.#bodyLength === 0 && (this.#isInflated || this.#sentLength === 0)) return false;
    this.#file?.gapTo(this.#bodyLength + length, length, this.#context.time);
    if (this.#framing.isPartial) this.#framing.offset += length;
    if (this.#expected < length) return false;
    if (this.#chunk !== Chunk.NONE) {
      if (this.#chunk !== Chunk.DATA) return false;
    } else if (this.#framing.contentLength < 0) {
      return false;
    }
    this.#bodyLength += length;
    this.#sentLength += length;
    this.#expected -= length;
    this.#context.lines.plain = this.#expected;
    if (this.#expected > 0) return true;
    if (this.#chunk === Chunk.DATA) this.#chunk = Chunk.END;
    else this.endOfData();
    return true;
  }

  /** It is over, whether it is whole or not. */
  endOfData(): void {
    if (this.#isOver) return;
    this.#flush();
    this.#isCompressed = false;
    this.#inflater?.close();
    this.#inflater = undefined;
    // What was inflated may have ended it.
    if (this.isOver) return;
    this.#isOver = true;
    if (this.#isInHeader) {
      this.#finishHeader();
      this.#isInHeader = false;
      this.#headersDone();
    } else {
      this.#endChild();
      const rest = this.#decoder?.end();
      if (rest !== undefined && rest.length > 0) this.#submit(rest, 0, rest.length);
    }
    if (this.#isPart) this.#context.lines.isStrict = false;
    this.#context.ended(this);
  }

  /** Its file, if it has one that is not over, has its row; or, where more may come otherwise, waits. */
  endFile(isMoreExpected: boolean): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined && !file.isOver) {
      if (isMoreExpected) this.#context.transactions.leaveFile(file);
      else file.end(this.#context.time);
    } else if (!isMoreExpected) {
      this.#context.transactions.endFile(this.#context.isOrig, this.#context.time);
    }
  }

  #header(bytes: Uint8Array, from: number, to: number): void {
    if (to === from || bytes[from] === 0) {
      this.#finishHeader();
      this.#isInHeader = false;
      this.#headersDone();
      if (this.#isOver) return;
      this.#decoder = transferDecoder(this.#transferEncoding);
      if (this.#composition === 'message') this.#beginChild();
    } else if (this.#headerLines.isFolded(bytes, from)) {
      if (!this.#headerLines.fold(bytes, from, to)) this.#context.weird('exceeded_mime_max_header_bytes');
    } else {
      this.#finishHeader();
      this.#headerLines.begin(bytes, from, to);
    }
  }

  #finishHeader(): void {
    const { count } = this.#headerLines;
    const header = this.#headerLines.finish();
    if (header === undefined) return;
    if (this.depth === 0 && count > 1) this.#context.weird('HTTP_obsolete_line_folding', header.name);
    this.#take(header);
    this.#context.header(header);
  }

  #take(header: Header): void {
    switch (header.name) {
      case 'CONTENT-TYPE': {
        const type = readContentType(header.bytes, header.from, header.to);
        if (type === undefined) return;
        this.#composition = type.composition;
        this.#boundary = type.boundary;
        break;
      }
      case 'CONTENT-TRANSFER-ENCODING':
        this.#transferEncoding = header.firstToken;
        break;
      case 'CONTENT-LENGTH':
        this.#framing.takeLength(header);
        break;
      case 'CONTENT-RANGE':
        if (this.#context.replyCode() === 206) this.#framing.takeRange(header);
        break;
      case 'TRANSFER-ENCODING':
        if (this.depth > 0) this.#context.weird('HTTP_nested_transfer_encoding_header');
        else if (this.#context.isVersion11()) this.#framing.takeChunked(header);
        break;
      case 'CONTENT-ENCODING':
        if (['gzip', 'x-gzip', 'deflate'].includes(header.firstToken)) this.#isCompressed = true;
        break;
      case 'EXPECT':
        if (header.firstToken !== '100-continue') {
          this.#context.weird('HTTP_expect_not_100_continue', header.rawToken);
        }
        this.#framing.isContinueExpected = true;
        break;
      default:
    }
  }

  /** All headers were read: how does the body come? */
  #headersDone(): void {
    const { lines } = this.#context;
    if (this.#isPart) lines.isStrict = true;
    if (this.#framing.contentLength > 0 && this.#composition !== 'plain') lines.endAfter(this.#framing.contentLength);
    if (this.#chunk === Chunk.TRAILER) {
      this.#chunk = Chunk.OVER;
      this.endOfData();
      return;
    }
    if (this.#expect === Expect.NOT) {
      this.endOfData();
    } else if (this.#composition !== 'plain') {
      if (this.#framing.isChunked) this.#context.weird('HTTP_chunked_transfer_for_multipart_message');
      if (this.depth !== 0 || this.#framing.contentLength < 0) return;
      if (this.#framing.contentLength > 0) this.#expected = this.#framing.contentLength;
      else this.endOfData();
    } else if (this.#framing.isChunked) {
      this.#chunk = Chunk.SIZE;
    } else if (this.#framing.contentLength > 0) {
      this.#expected = this.#framing.contentLength;
      lines.plain = this.#framing.contentLength;
    } else if (this.#framing.contentLength === 0) {
      this.endOfData();
    } else if (this.#context.isClosing() || this.#isCompressed) {
      this.#expected = UNTIL_END;
      lines.plain = UNTIL_END;
    } else if (this.#expect !== Expect.BODY) {
      this.endOfData();
    }
  }

  #chunked(bytes: Uint8Array, from: number, to: number): void {
    const { lines } = this.#context;
    if (this.#chunk === Chunk.SIZE) {
      const size = integerOf(latin1(bytes, from, Math.min(to, from + 32)), 16);
      if (size === undefined) this.#context.weird('HTTP_bad_chunk_size');
      this.#expected = size ?? 0;
      if (this.#expected > 0) {
        this.#chunk = Chunk.DATA;
        lines.plain = this.#expected;
      } else {
        this.#isInHeader = true;
        this.#chunk = Chunk.TRAILER;
      }
    } else if (this.#chunk === Chunk.DATA) {
      this.#expected -= to - from;
      if (this.#expected <= 0) {
        lines.plain = 0;
        this.#chunk = Chunk.END;
      }
      this.#body(bytes, from, to, false, false);
    } else if (this.#chunk === Chunk.END) {
      this.#chunk = Chunk.SIZE;
    }
  }

  #body(bytes: Uint8Array, from: number, to: number, hasEnd: boolean, isLineBegin: boolean): void {
    this.#sentLength += to - from + (hasEnd ? 2 : 0);
    if (!this.#isInflated) {
      if (!this.#isCompressed) this.#clear(bytes, from, to, hasEnd, isLineBegin);
      return;
    }
    const inflater = (this.#inflater ??= new Inflater((out, time) => {
      this.#bodyTime = time;
      this.#clear(out, 0, out.length, false, true);
    }));
    inflater.push(bytes, from, to, this.#context.time);
    this.#lookInflated(inflater);
  }

  /** Whether what it holds is compressed, and somebody wants to know it; parts of a body are told by their delimiters. */
  get #isInflated(): boolean {
    return this.#isCompressed && (this.#context.transactions.inflates || this.#composition !== 'plain');
  }

  #flush(): void {
    if (this.#inflater === undefined) return;
    this.#inflater.flush();
    this.#lookInflated(this.#inflater);
  }

  #lookInflated({ state }: Inflater): void {
    if (state === 'failed') this.#context.weird('inflate_failed');
  }

  #clear(bytes: Uint8Array, from: number, to: number, hasEnd: boolean, isLineBegin: boolean): void {
    this.#bodyLength += to - from + (hasEnd ? 2 : 0);
    if (this.#composition === 'multipart' && isLineBegin && this.#boundary !== undefined) {
      const delimiter = delimiterOf(bytes, from, to, this.#boundary);
      if (delimiter !== 'none') {
        this.#endChild();
        if (delimiter === 'close') this.endOfData();
        else if (!this.#isOver) this.#beginChild();
        return;
      }
    }
    // What stands before the first and behind the last part is nobody's.
    if (this.#composition !== 'plain') this.#child?.deliver(bytes, from, to, hasEnd, isLineBegin);
    else if (this.#context.transactions.hasFiles) this.#decode(bytes, from, to, hasEnd);
  }

  #decode(bytes: Uint8Array, from: number, to: number, hasEnd: boolean): void {
    if (this.#decoder !== undefined) {
      const decoded = this.#decoder.line(bytes, from, to);
      if (decoded.length > 0) this.#submit(decoded, 0, decoded.length);
      return;
    }
    if (this.#isLineEndOwed) this.#submit(lineEnd, 0, 2);
    this.#isLineEndOwed = false;
    if (to > from) this.#submit(bytes, from, to);
    if (!hasEnd) return;
    // The last line end before a delimiter is the delimiter's (RFC 2046, section 5.1.1).
    if (this.#isPart) this.#isLineEndOwed = true;
    else this.#submit(lineEnd, 0, 2);
  }

  #submit(bytes: Uint8Array, from: number, to: number): void {
    const time = this.#contentTime;
    const isSizeOwed = this.#isSizeOwed && !this.#isCompressed;
    const total = this.#framing.isPartial ? this.#framing.instanceLength : this.#framing.contentLength;
    this.#file?.expire(time);
    if (isSizeOwed && total > 0) this.#openFile().announce(total, time);
    const file = this.#openFile();
    if (this.#framing.isPartial) {
      file.dataAt(this.#framing.offset, bytes, from, to, time);
      this.#framing.offset += to - from;
    } else {
      file.data(bytes, from, to, time);
    }
    this.#isSizeOwed = false;
    if (file.isOver) this.#file = undefined;
  }

  get #contentTime(): number {
    return this.#isCompressed ? this.#bodyTime : this.#context.time;
  }

  #openFile(): RangedFile {
    if (this.#file === undefined || this.#file.isOver) {
      this.#file = this.#context.transactions.file(this.#context.isOrig, this.#contentTime);
    }
    return this.#file;
  }

  #beginChild(): void {
    if (this.depth < MOST_DEPTH) this.#child = this.#context.begin(this);
    else this.#context.weird('exceeded_mime_max_depth');
  }

  #endChild(): void {
    this.#child?.endOfData();
    this.#child = undefined;
  }
}
