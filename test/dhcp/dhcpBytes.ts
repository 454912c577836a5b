/** Messages of DHCP as octets (RFC 2131, 2). */
export interface Message {
  transaction?: number;
  given?: readonly number[];
  hardware?: readonly number[];
  cookie?: readonly number[];
  /** Codes with their contents. */
  options?: readonly (readonly [number, readonly number[]])[];
  end?: readonly number[];
}

export const text = (characters: string): number[] => [...Buffer.from(characters, 'latin1')];
export const kind = (type: number): [number, number[]] => [53, [type]];

export function dhcpMessage(message: Message = {}): Uint8Array {
  const bytes = new Uint8Array(236);
  bytes.set([1, 1, 6, 0]);
  new DataView(bytes.buffer).setUint32(4, message.transaction ?? 0x01020304);
  bytes.set(message.given ?? [], 16);
  bytes.set(message.hardware ?? [2, 0, 0, 0, 0, 1], 28);
  const options = (message.options ?? [kind(1)]).flatMap(([code, content]) => [code, content.length, ...content]);
  return Uint8Array.from([
    ...bytes,
    ...(message.cookie ?? [0x63, 0x82, 0x53, 0x63]),
    ...options,
    ...(message.end ?? [255]),
  ]);
}
