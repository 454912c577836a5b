const LENGTH = 32;
const SIGNIFICANT = 15;
const A = 0x61;

/**
 * A NetBIOS name from its first-level encoding (RFC 1001, 14.1): each octet as two letters from A to P, here in lower
 * case as names are read. Answers the first 15 octets without what pads them (the sixteenth is the name's type), or
 * undefined when the first label is no such name.
 */
export function netbiosName(name: string): string | undefined {
  if (name.length < LENGTH) return undefined;
  let text = '';
  let isOver = false;
  for (let i = 0; i < LENGTH; i += 2) {
    const high = name.charCodeAt(i) - A;
    const low = name.charCodeAt(i + 1) - A;
    if (high < 0 || high > 15 || low < 0 || low > 15) return undefined;
    const byte = (high << 4) | low;
    if (byte === 0x20 || byte === 0 || byte > 0x7e || (byte < 0x20 && byte > 2)) isOver = true;
    if (isOver || i >= SIGNIFICANT * 2) continue;
    text += byte < 0x20 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  }
  return text;
}
