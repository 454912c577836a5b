const SHORT = 6;
const LONG = 8;

/**
 * A hardware address in hex with colons: six octets, or eight where there are as many and the last two are not zero. It
 * is empty when there are fewer.
 */
export function hardwareAddress(bytes: Uint8Array, from: number, to: number): string {
  const length = to - from;
  if (length !== SHORT && length < LONG) return '';
  const isShort = length === SHORT || (bytes[from + SHORT] === 0 && bytes[from + SHORT + 1] === 0);
  const parts: string[] = [];
  for (let at = from; at < from + (isShort ? SHORT : LONG); at++) parts.push(bytes[at]!.toString(16).padStart(2, '0'));
  return parts.join(':');
}
