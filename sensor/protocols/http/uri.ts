import { byteText } from '../../../core/dns/byteText.ts';
import { cutText } from '../../../core/records/limits.ts';
import { latin1 } from './header.ts';

const PERCENT = 0x25;

/**
 * A target with its percent-encoding undone, by Zeek's rules: `%%` loses its first, `%u00AE` is undone as well, what is no
 * encoding stays. `weird` hears of what is odd.
 */
export function unescapeUri(bytes: Uint8Array, from: number, to: number, weird: (name: string) => void): string {
  const percent = bytes.indexOf(PERCENT, from);
  if (percent === -1 || percent >= to) return byteText(bytes, from, to);
  const out = new Uint8Array(to - from);
  let length = 0;
  for (let at = from; at < to; at++) {
    const octet = bytes[at]!;
    if (octet !== PERCENT) {
      out[length++] = octet;
      continue;
    }
    at++;
    if (at >= to) {
      out[length++] = PERCENT;
      weird('illegal_%_at_end_of_URI');
    } else if (at + 1 >= to) {
      out[length++] = PERCENT;
      out[length++] = bytes[at]!;
      weird('partial_escape_at_end_of_URI');
      break;
    } else if (bytes[at] === PERCENT) {
      weird('double_%_in_URI');
      at--;
    } else if (isHex(bytes, at, 2)) {
      out[length++] = hex(bytes, at);
      at++;
    } else if (to - at >= 5 && bytes[at] === 0x75 && isHex(bytes, at + 1, 4)) {
      const high = hex(bytes, at + 1);
      if (high !== 0) out[length++] = high;
      out[length++] = hex(bytes, at + 3);
      at += 4;
    } else {
      weird('unescaped_%_in_URI');
      out[length++] = PERCENT;
      out[length++] = bytes[at]!;
    }
  }
  return byteText(out, 0, length);
}

function isHex(bytes: Uint8Array, from: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (Number.isNaN(digit(bytes[from + i]))) return false;
  return true;
}

function hex(bytes: Uint8Array, at: number): number {
  return digit(bytes[at]) * 16 + digit(bytes[at + 1]);
}

function digit(octet: number | undefined): number {
  if (octet === undefined) return NaN;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NaN;
}

/** The name of a file that `Content-Disposition` (or `Content-Type`) tells; undefined when it tells none. */
export function fileNameOf(bytes: Uint8Array, from: number, to: number, isType: boolean): string | undefined {
  const value = latin1(bytes, from, to);
  if (!(isType ? /name[ \t]*=/i : /filename[ \t]*\*?=/i).test(value)) return undefined;
  const begin = /^.*name[ \t]*\*?=[ \t]*/i.exec(value);
  let name = begin === null ? value : value.slice(begin[0].length);
  if (name.startsWith('"')) name = name.split('"', 2)[1] ?? '';
  // Language and character set (RFC 8187).
  const charset = /^[a-zA-Z0-9!#$%&+-^_`{}~]+'[a-zA-Z0-9!#$%&+-^_`{}~]*'/.exec(name);
  if (charset !== null) name = name.slice(name.lastIndexOf("'") + 1);
  name = cutText(name);
  const octets = Uint8Array.from(name, (character) => character.charCodeAt(0));
  return unescapeUri(octets, 0, octets.length, () => undefined);
}
