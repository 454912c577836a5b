import { latin1 } from './header.ts';
import { parameterValue, skipBlanks, token } from './tokens.ts';

/** What a body consists of (RFC 2045, section 5): parts, a message of its own, or neither. */
export type Composition = 'multipart' | 'message' | 'plain';

export interface ContentType {
  readonly composition: Composition;
  /** What stands before each part. */
  readonly boundary: Uint8Array | undefined;
}

/** Reads `Content-Type`; undefined where it holds no type. Parts without a boundary are plain. */
export function readContentType(bytes: Uint8Array, from: number, to: number): ContentType | undefined {
  const type = token(bytes, from, to);
  if (type === undefined) return undefined;
  let at = skipBlanks(bytes, type.to, to);
  if (at >= to || bytes[at] !== 0x2f) return undefined;
  const subtype = token(bytes, at + 1, to);
  if (subtype === undefined) return undefined;
  const name = latin1(bytes, type.from, type.to).toLowerCase();
  if (name === 'message') return { composition: 'message', boundary: undefined };
  if (name !== 'multipart') return { composition: 'plain', boundary: undefined };
  at = subtype.to;
  const boundary = readBoundary(bytes, at, to);
  return boundary === undefined ? { composition: 'plain', boundary } : { composition: 'multipart', boundary };
}

/** The last parameter `boundary`. */
function readBoundary(bytes: Uint8Array, from: number, to: number): Uint8Array | undefined {
  let boundary: Uint8Array | undefined;
  let at = from;
  for (;;) {
    at = skipBlanks(bytes, at, to);
    if (at >= to || bytes[at] !== 0x3b) return boundary;
    const name = token(bytes, at + 1, to);
    if (name === undefined) return boundary;
    at = skipBlanks(bytes, name.to, to);
    if (at >= to || bytes[at] !== 0x3d) continue;
    at++;
    const isBoundary = latin1(bytes, name.from, name.to).toLowerCase() === 'boundary';
    const value = parameterValue(bytes, at, to, isBoundary);
    if (value === undefined) continue;
    at = value.to;
    if (isBoundary) boundary = value.value;
  }
}

/** What a line of a multipart body is. */
export type Delimiter = 'none' | 'part' | 'close';

/** Whether `bytes[from .. to)` begins with the boundary (RFC 2046, section 5.1.1). */
export function delimiterOf(bytes: Uint8Array, from: number, to: number, boundary: Uint8Array): Delimiter {
  const at = from + 2;
  const end = at + boundary.length;
  if (end > to || bytes[from] !== 0x2d || bytes[from + 1] !== 0x2d) return 'none';
  for (let i = 0; i < boundary.length; i++) if (bytes[at + i] !== boundary[i]) return 'none';
  return end + 2 <= to && bytes[end] === 0x2d && bytes[end + 1] === 0x2d ? 'close' : 'part';
}
