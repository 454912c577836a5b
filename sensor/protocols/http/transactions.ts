import { http, type HttpRecord } from '../../../core/records/http.ts';
import { byteText } from '../../../core/dns/byteText.ts';
import type { HttpFiles, RangedFile } from '../files/file.ts';
import { noFiles } from '../files/noFiles.ts';
import type { FlowId, ProtocolFlow } from '../protocol.ts';
import type { Header } from './header.ts';
import { fileNameOf } from './uri.ts';

/** Requests of a connection that may wait for their answers (Zeek's default); beyond, all that wait have their rows. */
const MOST_PENDING = 100;
/** Files of a direction that a row names (Zeek's default). */
const MOST_FILES = 15;
/** Characters of a row's texts (Zeek's default); values that go beyond are left out. */
const MOST_CHARACTERS = 256_000;
/** What a transaction that waits takes in memory beside its texts: measured, about. */
const TRANSACTION_OCTETS = 1024;
/** Headers of proxies that a row names. */
const MOST_PROXIED = 32;

const known: ReadonlySet<string> = new Set(
  (
    'GET POST HEAD OPTIONS PUT DELETE TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK POLL REPORT ' +
    'SUBSCRIBE BMOVE SEARCH'
  ).split(' '),
);
const proxyHeaders: ReadonlySet<string> = new Set([
  'FORWARDED',
  'X-FORWARDED-FOR',
  'X-FORWARDED-FROM',
  'CLIENT-IP',
  'VIA',
  'XROXY-CONNECTION',
  'PROXY-CONNECTION',
]);

/** Headers of clients that rows tell of, beside those of proxies. */
const toldHeaders: ReadonlySet<string> = new Set(
  'REFERER HOST RANGE ORIGIN USER-AGENT AUTHORIZATION PROXY-AUTHORIZATION'.split(' '),
);

/** Told of each request with its answer, or of one of them alone: `octets` are those of the answer's body as it was sent. */
export type HttpSubscriber = (
  flow: ProtocolFlow,
  method: string | undefined,
  status: number | undefined,
  octets: number,
) => void;

/** Who wants what of HTTP. */
export interface HttpTold {
  /** Whether rows are made. */
  readonly isLogged: boolean;
  /** Whether compressed bodies are inflated where only their length depends on it. */
  readonly inflates: boolean;
  readonly subscriber?: HttpSubscriber;
}

/** All that there is in rows. */
export const toldAll: HttpTold = { isLogged: true, inflates: true };

/** Ends of a flow that has no row. */
const nobody: FlowId = { uid: '', 'id.orig_h': '', 'id.orig_p': 0, 'id.resp_h': '', 'id.resp_p': 0 };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A request with its answer, on the way to its row. */
interface Transaction {
  readonly row: Mutable<HttpRecord>;
  readonly id: FlowId;
  readonly files: { readonly orig: RangedFile[]; readonly resp: RangedFile[] };
  /** Characters of its texts that came by the wire. */
  characters: number;
  /** Octets of the answer's body as it was sent. */
  sent: number;
  isRange: boolean;
  /** The entity whose headers came last, while it is not over. */
  entity: { fileName?: string } | undefined;
}

/** Matches requests and answers of one connection as Zeek's script does, and makes the rows of `http.log`. */
export class Transactions {
  readonly #flow: ProtocolFlow;
  readonly #files: HttpFiles;
  readonly #told: HttpTold;
  readonly #pending: Map<number, Transaction> = new Map();
  #request = 0;
  #answer = 0;
  #depth = 0;
  /** Characters of all that wait. */
  #characters = 0;
  /** The one that was touched last, of either direction. */
  #current: Transaction | undefined;

  constructor(flow: ProtocolFlow, files: HttpFiles, told: HttpTold) {
    this.#flow = flow;
    this.#files = files;
    this.#told = told;
  }

  /** Octets of memory that what waits takes, about. */
  get held(): number {
    return this.#pending.size * TRANSACTION_OCTETS + this.#characters;
  }

  get inflates(): boolean {
    return this.#told.inflates;
  }

  /** Whether somebody looks at what bodies hold. */
  get hasFiles(): boolean {
    return this.#files !== noFiles;
  }

  /** Requests and answers without their other half. */
  get pending(): number {
    return this.#pending.size;
  }

  request(method: string, uri: string, time: number): void {
    if (this.#request < this.#answer) {
      this.#flow.weird('HTTP_response_before_request');
      this.#request = this.#answer;
    }
    if (this.#pending.size > MOST_PENDING) this.#giveUp();
    this.#request++;
    const transaction = this.#touch(true, time);
    this.#hasRoom(transaction, method.length + uri.length);
    transaction.row.method = method;
    transaction.row.uri = uri;
    if (!known.has(method)) this.#flow.weird('unknown_HTTP_method', method);
  }

  answer(version: string, code: number, reason: string, time: number): void {
    const before = this.#pending.get(this.#answer)?.row.status_code;
    if (!this.#pending.has(this.#answer) || (before !== undefined && !isInformational(before))) this.#answer++;
    const transaction = this.#touch(false, time);
    const { row } = transaction;
    this.#hasRoom(transaction, reason.length);
    row.status_code = code;
    row.status_msg = reason;
    row.version = version;
    if (!isInformational(code)) return;
    row.info_code = code;
    row.info_msg = reason;
  }

  header(isOrig: boolean, header: Header, time: number): void {
    const transaction = this.#touch(isOrig, time);
    if (!this.#told.isLogged && !this.hasFiles) return;
    if (isOrig && isTold(header.name) && this.#hasRoom(transaction, header.to - header.from)) {
      clientHeader(transaction, header);
    }
    const isType = header.name === 'CONTENT-TYPE';
    if ((isType || header.name === 'CONTENT-DISPOSITION') && transaction.entity !== undefined) {
      const fileName = fileNameOf(header.bytes, header.from, header.to, isType);
      if (fileName !== undefined) transaction.entity.fileName = fileName;
    }
  }

  beginEntity(isOrig: boolean, time: number): void {
    this.#touch(isOrig, time).entity = {};
  }

  endEntity(): void {
    if (this.#current !== undefined) this.#current.entity = undefined;
  }

  /** A message is over: an answer has its row. */
  done(isOrig: boolean, bodyLength: number, sentLength: number, time: number): void {
    const transaction = this.#touch(isOrig, time);
    if (isOrig) {
      transaction.row.request_body_len = bodyLength;
      return;
    }
    transaction.row.response_body_len = bodyLength;
    transaction.sent = sentLength;
    const { status_code: code } = transaction.row;
    if (code !== undefined && isInformational(code)) return;
    this.#write(transaction);
    this.#pending.delete(this.#answer);
  }

  /** The file whose octets come now. */
  file(isOrig: boolean, time: number): RangedFile {
    const current = this.#current;
    const fileName = current?.entity?.fileName;
    const options = {
      flow: this.#flow,
      source: 'HTTP' as const,
      isOrig,
      time,
      depth: 0,
      ...(fileName !== undefined && { fileName }),
    };
    const key = this.#key(isOrig);
    const file = key === undefined ? this.#files.open(options) : this.#files.share(key, options);
    file.carry(this.#flow, fileName);
    if (current !== undefined) note(current, isOrig, file, fileName);
    return file;
  }

  /** A message is over whose file is not known: one of its name is over with it. */
  endFile(isOrig: boolean, time: number): void {
    const key = this.#key(isOrig);
    if (key !== undefined) this.#files.endShared(key, time);
  }

  /** More of that file may come by another connection. */
  leaveFile(file: RangedFile): void {
    this.#files.leave(file);
  }

  /** The connection is over: what waits has its rows. */
  finish(): void {
    for (const [place, transaction] of this.#pending) if (place !== 0) this.#write(transaction);
    this.#pending.clear();
    this.#characters = 0;
  }

  /** Answers to requests for ranges are pieces of one file, whatever connection they come by. */
  #key(isOrig: boolean): string | undefined {
    const current = this.#current;
    if (isOrig || current === undefined || !current.isRange) return undefined;
    const { host, uri } = current.row;
    const port = current.id['id.resp_p'];
    const server = `${host ?? current.id['id.resp_h']}${port === 80 ? '' : `:${port}`}`;
    return `${current.id['id.orig_h']} ${server}${uri ?? '/<missed_request>'}`;
  }

  #touch(isOrig: boolean, time: number): Transaction {
    const place = isOrig ? this.#request : this.#answer;
    let transaction = this.#pending.get(place);
    if (transaction === undefined) {
      transaction = this.#make(time);
      this.#pending.set(place, transaction);
    }
    this.#current = transaction;
    return transaction;
  }

  #make(time: number): Transaction {
    const id = this.#told.isLogged || this.hasFiles ? this.#flow.id : nobody;
    const row = { ts: time, ...id, trans_depth: ++this.#depth, request_body_len: 0, response_body_len: 0, tags: [] };
    return { row, id, files: { orig: [], resp: [] }, characters: 0, sent: 0, isRange: false, entity: undefined };
  }

  /** Counts texts of a row; false where there is no room for more. */
  #hasRoom(transaction: Transaction, characters: number): boolean {
    if (transaction.characters + characters > MOST_CHARACTERS) return false;
    transaction.characters += characters;
    this.#characters += characters;
    return true;
  }

  #giveUp(): void {
    this.#flow.weird('HTTP_excessive_pipelining');
    if (this.#answer === 0) this.#answer = 1;
    for (; this.#answer < this.#request; this.#answer++) {
      const transaction = this.#pending.get(this.#answer);
      if (transaction !== undefined) this.#write(transaction);
      this.#pending.delete(this.#answer);
    }
  }

  #write(transaction: Transaction): void {
    const { row, files, sent } = transaction;
    this.#characters -= transaction.characters;
    transaction.characters = 0;
    this.#told.subscriber?.(this.#flow, row.method, row.status_code, sent);
    if (!this.#told.isLogged) return;
    const orig = typesOf(files.orig);
    if (orig.length > 0) row.orig_mime_types = orig;
    const resp = typesOf(files.resp);
    if (resp.length > 0) row.resp_mime_types = resp;
    this.#flow.emit(http, { ...row });
  }
}

function isInformational(code: number): boolean {
  return code >= 100 && code <= 199;
}

function typesOf(files: readonly RangedFile[]): string[] {
  return files.map(({ mimeType }) => mimeType).filter((type) => type !== undefined);
}

function note({ row, files }: Transaction, isOrig: boolean, file: RangedFile, fileName: string | undefined): void {
  const list = isOrig ? files.orig : files.resp;
  if (list.length >= MOST_FILES || list.includes(file) || file.fuid === '') return;
  list.push(file);
  if (isOrig) {
    row.orig_fuids = [...(row.orig_fuids ?? []), file.fuid];
    if (fileName !== undefined) row.orig_filenames = [...(row.orig_filenames ?? []), fileName];
  } else {
    row.resp_fuids = [...(row.resp_fuids ?? []), file.fuid];
    if (fileName !== undefined) row.resp_filenames = [...(row.resp_filenames ?? []), fileName];
  }
}

function isTold(name: string): boolean {
  return toldHeaders.has(name) || proxyHeaders.has(name);
}

function clientHeader(transaction: Transaction, header: Header): void {
  const { row } = transaction;
  switch (header.name) {
    case 'REFERER':
      row.referrer = header.value;
      break;
    case 'HOST':
      row.host = header.value;
      break;
    case 'RANGE':
      transaction.isRange = true;
      break;
    case 'ORIGIN':
      row.origin = header.value;
      break;
    case 'USER-AGENT':
      row.user_agent = header.value;
      break;
    case 'AUTHORIZATION':
    case 'PROXY-AUTHORIZATION': {
      const name = userName(header);
      if (name !== undefined) row.username = name;
      break;
    }
    default:
      if (proxyHeaders.has(header.name)) addProxied(row, `${header.name} -> ${header.value}`);
  }
}

function addProxied(row: Mutable<HttpRecord>, text: string): void {
  const before = row.proxied ?? [];
  if (before.length < MOST_PROXIED && !before.includes(text)) row.proxied = [...before, text];
}

/** The user of Basic authentication (RFC 7617); the password goes no further than here. */
function userName(header: Header): string | undefined {
  const { value } = header;
  const scheme = /^basic +/i.exec(value);
  if (scheme === null) return undefined;
  const encoded = value.slice(scheme[0].length).trim();
  const octets = /^[A-Za-z0-9+/]*=*$/.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  const colon = octets.indexOf(0x3a);
  return colon === -1 ? `<problem-decoding> (${value})` : byteText(octets, 0, colon);
}
