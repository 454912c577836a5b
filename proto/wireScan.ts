/**
 * Counts before anything is allocated: protobufjs makes an object for each element of a repeated field, so a message of
 * a few kilobytes that inflates to megabytes of empty elements would cost a hundred times its size.
 */

/** A varint's value and the byte behind it; the value is cut to 53 bits. */
interface Varint {
  value: number;
  next: number;
}

function readVarint(bytes: Uint8Array, at: number, to: number): Varint | undefined {
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 10; i++) {
    if (at + i >= to) return undefined;
    const byte = bytes[at + i]!;
    if (i < 7) value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return undefined;
}

/**
 * Fields of a protobuf message, and of the messages inside it that `isMessage` names, up to `most`; Infinity when
 * there are more, or when the bytes are no fields (which the decoder then says in its own words, or groups, which none of
 * our messages has). `isMessage` gets a length-delimited field's number and that of the field it is inside of, 0 at the top.
 *
 * Cost: a few ns a field; bodies of bytes are passed over.
 */
export function countFields(
  bytes: Uint8Array,
  most: number,
  isMessage: (field: number, inside: number) => boolean,
  from = 0,
  to = bytes.length,
  inside = 0,
): number {
  let count = 0;
  let at = from;
  while (at < to) {
    count += 1;
    const tag = readVarint(bytes, at, to);
    if (tag === undefined || count > most) return Infinity;
    at = tag.next;
    switch (tag.value % 8) {
      case 0: {
        const value = readVarint(bytes, at, to);
        if (value === undefined) return Infinity;
        at = value.next;
        break;
      }
      case 1:
        at += 8;
        break;
      case 5:
        at += 4;
        break;
      case 2: {
        const length = readVarint(bytes, at, to);
        if (length === undefined || length.value > to - length.next) return Infinity;
        at = length.next + length.value;
        const field = Math.floor(tag.value / 8);
        if (isMessage(field, inside)) count += countFields(bytes, most - count, isMessage, length.next, at, field);
        break;
      }
      default:
        return Infinity;
    }
  }
  return at === to && count <= most ? count : Infinity;
}
