/** Makes client Initial packets for tests: the way back of `sensor/protocols/quic/initialPacket.ts`. */
import { createCipheriv } from 'node:crypto';
import { VERSION_2 } from '../../core/quic/versions.ts';
import { clientInitialKeys } from '../../sensor/protocols/quic/initialKeys.ts';

export interface InitialOptions {
  version?: number;
  /** The id that the keys are made from, if not the packet's own destination. */
  keyId?: readonly number[];
  destination: readonly number[];
  source?: readonly number[];
  token?: readonly number[];
  number?: number;
}

export function number16(value: number): number[] {
  return [0x40 | (value >> 8), value & 0xff];
}

export function cryptoFrame(offset: number, content: readonly number[]): number[] {
  return [6, ...number16(offset), ...number16(content.length), ...content];
}

/** A protected Initial packet with those frames. */
export function initialPacket(frames: readonly number[], options: InitialOptions): number[] {
  const { version = 1, destination, source = [7], token = [], number = 0 } = options;
  const keys = clientInitialKeys(version, Uint8Array.from(options.keyId ?? destination));
  const type = version === VERSION_2 ? 1 : 0;
  const numberLength = 2;
  // So that there is a sample, as the protocol demands of senders.
  const plain = Buffer.from([...frames, ...Array.from({ length: Math.max(0, 20 - frames.length) }, () => 0)]);
  const versionOctets = [24, 16, 8, 0].map((shift) => (version >>> shift) & 0xff);
  const head = Buffer.from([
    0xc0 | (type << 4) | (numberLength - 1),
    ...versionOctets,
    destination.length,
    ...destination,
    source.length,
    ...source,
    ...number16(token.length),
    ...token,
    ...number16(numberLength + plain.length + 16),
    number >> 8,
    number & 0xff,
  ]);
  const nonce = Buffer.from(keys.iv);
  nonce[10]! ^= number >> 8;
  nonce[11]! ^= number & 0xff;
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce);
  cipher.setAAD(head);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const packet = Buffer.concat([head, sealed]);
  const numberAt = head.length - numberLength;
  const mask = createCipheriv('aes-128-ecb', keys.header, null).update(packet.subarray(numberAt + 4, numberAt + 20));
  packet[0]! ^= mask[0]! & 0x0f;
  packet[numberAt]! ^= mask[1]!;
  packet[numberAt + 1]! ^= mask[2]!;
  return [...packet];
}

/** A long header of the server, with nothing that can be read behind it. */
export function serverPacket(type: number, source: readonly number[], destination: readonly number[] = [7]): number[] {
  const head = [0xc0 | (type << 4), 0, 0, 0, 1, destination.length, ...destination, source.length, ...source];
  const rest = Array.from({ length: 40 }, () => 0x33);
  if (type === 3) return [...head, ...rest];
  return [...head, ...(type === 0 ? [0] : []), ...number16(rest.length), ...rest];
}
