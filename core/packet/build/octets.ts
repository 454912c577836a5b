/** Numbers as big-endian octets, and octets put together: what all builders of frames are made of. */

/** What a builder takes as a run of octets. */
export type Octets = Uint8Array | readonly number[];

export const none: Uint8Array = new Uint8Array(0);

export function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function u24(value: number): number[] {
  return [(value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

export function u32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** One new array with all the parts, in order. */
export function join(...parts: readonly Octets[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Zeros that bring a length up to the next multiple of `unit`. */
export function padding(length: number, unit: number): Uint8Array {
  return new Uint8Array((unit - (length % unit)) % unit);
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
