/** Packets of SSH as octets (RFC 4253, 6; RFC 4251, 5). */
export const text = (characters: string): number[] => [...Buffer.from(characters, 'latin1')];
export const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
export const string = (octets: readonly number[]): number[] => [...u32(octets.length), ...octets];

/** A packet of SSH 2 in the clear. */
export function packet(number: number, payload: readonly number[] = []): Uint8Array {
  const padding = 4 + ((8 - ((payload.length + 2 + 4 + 4) % 8)) % 8);
  const zeros = Array.from({ length: padding }, () => 0);
  return Uint8Array.from([...u32(payload.length + 2 + padding), padding, number, ...payload, ...zeros]);
}

/** A packet of SSH 1. */
export function oldPacket(number: number, payload: readonly number[]): Uint8Array {
  const length = payload.length + 5;
  const padding = Array.from({ length: 8 - (length % 8) }, () => 0);
  return Uint8Array.from([...u32(length), ...padding, number, ...payload, 0, 0, 0, 0]);
}

export interface Lists {
  kex?: string;
  hostKey?: string;
  cipher?: readonly [string, string];
  mac?: readonly [string, string];
  compression?: readonly [string, string];
}

/** An offer; of two names the first is for the way to the server. */
export function kexInit(lists: Lists = {}): Uint8Array {
  const {
    cipher = ['aes128-ctr', 'aes128-ctr'],
    mac = ['hmac-sha1', 'hmac-sha1'],
    compression = ['none', 'none'],
  } = lists;
  const names = [
    lists.kex ?? 'curve25519-sha256',
    lists.hostKey ?? 'ssh-rsa',
    ...cipher,
    ...mac,
    ...compression,
    '',
    '',
  ];
  const cookie = Array.from({ length: 16 }, (_none, i) => i);
  return packet(20, [...cookie, ...names.flatMap((name) => string(text(name))), 0, 0, 0, 0, 0]);
}

export const newKeys: Uint8Array = packet(21);
/** A reply that begins with a host key. */
export const reply = (number: number, key: string): Uint8Array => packet(number, string(text(key)));
