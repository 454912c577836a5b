import { latin1 } from './header.ts';
import { isBlank } from './tokens.ts';
import { unescapeUri } from './uri.ts';

/** A version of HTTP; 0.0 where none was told. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

export const noVersion: Version = { major: 0, minor: 0 };
export const oldVersion: Version = { major: 0, minor: 9 };

/** As in the log. */
export function versionText({ major, minor }: Version): string {
  return `${major}.${minor}`;
}

export function isVersion(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor;
}

export interface RequestLine {
  readonly method: string;
  readonly uri: string;
  /** Undefined where the line is too short to tell: the connection's stays. */
  readonly version: Version | undefined;
}

export interface StatusLine {
  readonly version: Version;
  readonly code: number;
  /** Where its words begin; undefined without any. */
  readonly reason: number | undefined;
}

const prefix = 'HTTP/';
const separators = '()<>@,;:\\"/[]?={} \t';
const isMethodOctet: readonly boolean[] = Array.from(
  { length: 256 },
  (_, octet) => octet > 31 && octet < 127 && !separators.includes(String.fromCharCode(octet)),
);
/** RFC 3986's characters and the percent sign; Zeek takes NUL as one. */
const isUriOctet: readonly boolean[] = Array.from({ length: 256 }, (_, octet) =>
  /^[:/?#[\]@!$&'()*+,;=\-_.~a-zA-Z0-9%\0]$/.test(String.fromCharCode(octet)),
);

/** Reads a request's first line by Zeek's lenient rules. Undefined: it is none, and `weird` heard why. */
export function readRequestLine(
  bytes: Uint8Array,
  from: number,
  to: number,
  weird: (name: string) => void,
): RequestLine | undefined {
  let at = from;
  while (at < to && isMethodOctet[bytes[at]!] === true) at++;
  if (at === from) {
    const isVersioned = to - 9 >= from && latin1(bytes, to - 9, to - 3).toUpperCase() === ' HTTP/';
    weird(isVersioned ? 'bad_HTTP_request_with_version' : 'bad_HTTP_request');
    return undefined;
  }
  const method = { from, to: at };
  at = skip(bytes, at, to);
  if (at === method.to) {
    weird('bad_HTTP_request');
    return undefined;
  }
  const { version, uri } = splitTarget(bytes, at, to, weird);
  // Only GET is in HTTP/0.9: a shorter word, or one without a target, is none of it.
  if (version !== undefined && isVersion(version, oldVersion) && (method.to - from < 3 || uri === at)) {
    weird('bad_HTTP_request');
    return undefined;
  }
  return { method: latin1(bytes, from, method.to), uri: unescapeUri(bytes, at, uri, weird), version };
}

/** Where the target that begins at `from` ends, and the version behind it. */
function splitTarget(
  bytes: Uint8Array,
  from: number,
  to: number,
  weird: (name: string) => void,
): { uri: number; version: Version | undefined } {
  let uri = from;
  while (uri < to && isUriOctet[bytes[uri]!] === true) uri++;
  const isMissing = isPrefix(bytes, from, to, weird);
  if (uri >= to && isMissing) {
    weird('missing_HTTP_uri');
    uri = from;
  }
  let at = uri;
  while (at < to) {
    uri = at;
    at = skip(bytes, at, to);
    if (isPrefix(bytes, at, to, weird)) break;
    at++;
  }
  if (at >= to) return { uri, version: oldVersion };
  return { uri, version: at + 8 <= to ? readVersion(bytes, at + prefix.length, to) : undefined };
}

/** Reads an answer's first line; undefined where it is none. */
export function readStatusLine(
  bytes: Uint8Array,
  from: number,
  to: number,
  weird: (name: string) => void,
): { version: Version; line: StatusLine | undefined } | undefined {
  if (!isPrefix(bytes, from, to, weird)) return undefined;
  const version = readVersion(bytes, from + prefix.length, to);
  let at = from + prefix.length;
  while (at < to && !isBlank(bytes[at])) at++;
  at = skip(bytes, at, to);
  if (at + 3 > to) return { version, line: undefined };
  const digits = latin1(bytes, at, at + 3);
  const code = /^[0-9]{3}$/.test(digits) ? Number(digits) : 0;
  at += 3;
  while (at < to && !isBlank(bytes[at])) at++;
  return { version, line: { version, code, reason: at >= to ? undefined : skip(bytes, at, to) } };
}

function readVersion(bytes: Uint8Array, from: number, to: number): Version {
  if (to - from < 3 || bytes[from + 1] !== 0x2e) return noVersion;
  const major = bytes[from]! - 0x30;
  const minor = bytes[from + 2]! - 0x30;
  return major >= 0 && major <= 9 && minor >= 0 && minor <= 9 ? { major, minor } : noVersion;
}

function isPrefix(bytes: Uint8Array, from: number, to: number, weird: (name: string) => void): boolean {
  if (from + prefix.length > to) return false;
  const text = latin1(bytes, from, from + prefix.length);
  if (text === prefix) return true;
  if (text.toUpperCase() !== prefix) return false;
  weird('lowercase_HTTP_keyword');
  return true;
}

function skip(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes[at])) at++;
  return at;
}
