import { Sign } from '../protocol.ts';
import { latin1 } from './header.ts';

/** Methods that a stream of requests begins with: IANA's registry, WebDAV's versioning, Exchange's. */
const methods: readonly string[] = (
  'OPTIONS GET HEAD POST PUT DELETE ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY LABEL LINK LOCK MERGE ' +
  'MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MOVE ORDERPATCH PATCH PROPFIND PROPPATCH REBIND REPORT SEARCH TRACE ' +
  'UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE VERSION-CONTROL BCOPY BDELETE BMOVE BPROPFIND BPROPPATCH NOTIFY POLL ' +
  'SUBSCRIBE UNSUBSCRIBE X-MS-ENUMATTS MKWORKSPACE RPC_IN_DATA RPC_OUT_DATA'
).split(' ');
const LONGEST = Math.max(...methods.map((method) => method.length));
const firsts: ReadonlySet<number> = new Set(methods.map((method) => method.charCodeAt(0)));

/** Whether `bytes[0 .. length)` is the begin of requests or of answers, as Zeek's signatures say. */
export function recogniseHttp(isOrig: boolean, bytes: Uint8Array, length: number): Sign {
  return isOrig ? request(bytes, length) : answer(bytes, length);
}

function request(bytes: Uint8Array, length: number): Sign {
  let at = 0;
  while (at < length && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++;
  if (at >= length) return Sign.MORE;
  if (!firsts.has(bytes[at]!)) return Sign.NO;
  const begin = latin1(bytes, at, Math.min(length, at + LONGEST));
  if (methods.some((method) => begin.startsWith(method))) return Sign.YES;
  return methods.some((method) => method.startsWith(begin)) ? Sign.MORE : Sign.NO;
}

function answer(bytes: Uint8Array, length: number): Sign {
  const begin = latin1(bytes, 0, Math.min(length, 6)).toUpperCase();
  if (/^HTTP\/[0-9]/.test(begin)) return Sign.YES;
  return begin.length < 6 && 'HTTP/'.startsWith(begin) ? Sign.MORE : Sign.NO;
}
