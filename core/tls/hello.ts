/** The hellos of TLS and DTLS (RFC 8446 section 4.1, RFC 5246 section 7.4.1, RFC 6347 section 4.2), extensions included. */
import { byteText } from '../dns/byteText.ts';
import { Cursor } from './cursor.ts';
import { Version } from './names.ts';

export const Extension = {
  SERVER_NAME: 0,
  SUPPORTED_GROUPS: 10,
  POINT_FORMATS: 11,
  SIGNATURE_ALGORITHMS: 13,
  ALPN: 16,
  SESSION_TICKET: 35,
  KEY_SHARE_OLD: 40,
  PRE_SHARED_KEY: 41,
  SUPPORTED_VERSIONS: 43,
  KEY_SHARE: 51,
} as const;

/** What hellos of both sides hold. A broken one has what was read before the fault, extensions by extension. */
export interface Hello {
  isBroken: boolean;
  version: number;
  /** Octets, 32 at most; longer ones count as none. */
  sessionId: Uint8Array;
  /** Types of the extensions, in order. */
  extensions: number[];
  /** ALPN: what is offered, or chosen. */
  protocols: string[];
  /** The first of them as it came. */
  firstProtocol: Uint8Array;
  hasPreSharedKey: boolean;
}

export interface ClientHello extends Hello {
  cipherSuites: number[];
  /** Host names, in order. */
  serverNames: string[];
  groups: number[];
  pointFormats: number[];
  signatureAlgorithms: number[];
  supportedVersions: number[];
  /** A session ticket that is not empty. */
  hasTicket: boolean;
}

export interface ServerHello extends Hello {
  cipherSuite: number;
  isRetry: boolean;
  /** Of `supported_versions`; 0 = none. */
  selectedVersion: number;
  /** Of `key_share`; -1 = none. */
  group: number;
}

const NO_OCTETS = new Uint8Array(0);
const MOST_SESSION_ID = 32;
const RANDOM = 32;
/** The random of a ServerHello that is a HelloRetryRequest: the SHA-256 of that word (RFC 8446 section 4.1.3). */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** Reads a ClientHello's body, `bytes[from .. to)`. */
export function readClientHello(bytes: Uint8Array, from: number, to: number): ClientHello {
  const cursor = new Cursor(bytes, from, to);
  const hello: ClientHello = {
    isBroken: false,
    version: cursor.u16(),
    sessionId: NO_OCTETS,
    extensions: [],
    protocols: [],
    firstProtocol: NO_OCTETS,
    hasPreSharedKey: false,
    cipherSuites: [],
    serverNames: [],
    groups: [],
    pointFormats: [],
    signatureAlgorithms: [],
    supportedVersions: [],
    hasTicket: false,
  };
  cursor.take(RANDOM);
  hello.sessionId = readSessionId(cursor);
  if (hello.version === Version.DTLS10 || hello.version === Version.DTLS12) cursor.take(cursor.u8());
  const suites = cursor.within(cursor.u16() & ~1);
  hello.cipherSuites = suites.list16();
  cursor.take(cursor.u8());
  readExtensions(cursor, hello, (type, body) => readClientExtension(hello, type, body));
  return hello;
}

/** Reads a ServerHello's body: those of TLS 1.3's drafts have neither session id nor compression. */
export function readServerHello(bytes: Uint8Array, from: number, to: number): ServerHello {
  const cursor = new Cursor(bytes, from, to);
  const version = cursor.u16();
  const random = cursor.take(RANDOM);
  const isShort = version === Version.TLS13 || version >> 8 === 0x7f;
  const sessionId = isShort ? NO_OCTETS : readSessionId(cursor);
  const cipherSuite = cursor.u16();
  if (!isShort) cursor.u8();
  const hello: ServerHello = {
    isBroken: false,
    version,
    sessionId,
    extensions: [],
    protocols: [],
    firstProtocol: NO_OCTETS,
    hasPreSharedKey: false,
    cipherSuite,
    isRetry: random >= 0 && isRetryRandom(bytes, random),
    selectedVersion: 0,
    group: -1,
  };
  readExtensions(cursor, hello, (type, body) => readServerExtension(hello, type, body));
  return hello;
}

function isRetryRandom(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < RANDOM; i++) {
    if (bytes[at + i] !== Number.parseInt(RETRY_RANDOM.slice(i * 2, i * 2 + 2), 16)) return false;
  }
  return true;
}

function readSessionId(cursor: Cursor): Uint8Array {
  const length = cursor.u8();
  const at = cursor.take(length);
  return at < 0 || length > MOST_SESSION_ID ? NO_OCTETS : cursor.bytes.slice(at, at + length);
}

/** The list's own length is passed over, as Zeek does: extensions go on to the end of the message. */
function readExtensions(cursor: Cursor, hello: Hello, read: (type: number, body: Cursor) => void): void {
  if (cursor.left > 0) cursor.u16();
  while (cursor.left > 0 && !cursor.isBroken) {
    const type = cursor.u16();
    const length = cursor.u16();
    const body = cursor.within(length);
    if (cursor.isBroken) break;
    hello.extensions.push(type);
    // An empty one says that it is understood, and no more.
    if (body.left > 0) read(type, body);
    if (body.isBroken) cursor.isBroken = true;
  }
  hello.isBroken = cursor.isBroken;
}

function readClientExtension(hello: ClientHello, type: number, body: Cursor): void {
  switch (type) {
    case Extension.SERVER_NAME:
      readServerNames(hello.serverNames, body);
      break;
    case Extension.SUPPORTED_GROUPS:
      hello.groups = nested(body, body.u16() & ~1).list16();
      break;
    case Extension.POINT_FORMATS: {
      const formats = nested(body, body.u8());
      while (formats.left > 0) hello.pointFormats.push(formats.u8());
      break;
    }
    case Extension.SIGNATURE_ALGORITHMS: {
      const algorithms = nested(body, body.u16());
      hello.signatureAlgorithms = algorithms.list16();
      break;
    }
    case Extension.ALPN:
      readProtocols(hello, body);
      break;
    case Extension.SESSION_TICKET:
      hello.hasTicket = true;
      break;
    case Extension.PRE_SHARED_KEY:
      hello.hasPreSharedKey = true;
      break;
    case Extension.SUPPORTED_VERSIONS:
      hello.supportedVersions = nested(body, body.u8()).list16();
      break;
    default:
  }
}

function readServerExtension(hello: ServerHello, type: number, body: Cursor): void {
  switch (type) {
    case Extension.ALPN:
      readProtocols(hello, body);
      break;
    case Extension.PRE_SHARED_KEY:
      hello.hasPreSharedKey = true;
      break;
    case Extension.SUPPORTED_VERSIONS:
      hello.selectedVersion = body.u16();
      break;
    case Extension.KEY_SHARE:
    case Extension.KEY_SHARE_OLD: {
      const isWhole = body.left > 2;
      hello.group = body.u16();
      // A HelloRetryRequest names the group alone.
      if (isWhole) body.take(body.u16());
      break;
    }
    default:
  }
}

/** A list inside of an extension; one that passes its end breaks it. */
function nested(body: Cursor, length: number): Cursor {
  return body.within(length);
}

function readServerNames(names: string[], body: Cursor): void {
  const list = nested(body, body.u16());
  while (list.left > 0) {
    const type = list.u8();
    // Of what is no host name the length is unknown.
    if (type !== 0) return;
    const length = list.u16();
    const at = list.take(length);
    if (at < 0) {
      body.isBroken = true;
      return;
    }
    names.push(byteText(list.bytes, at, at + length));
  }
}

function readProtocols(hello: Hello, body: Cursor): void {
  const list = nested(body, body.u16());
  while (list.left > 0) {
    const length = list.u8();
    const at = list.take(length);
    if (at < 0) {
      body.isBroken = true;
      return;
    }
    if (hello.protocols.length === 0) hello.firstProtocol = list.bytes.slice(at, at + length);
    hello.protocols.push(byteText(list.bytes, at, at + length));
  }
}
