/** Takes the protection off a client's Initial packet (RFC 9001 section 5). */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { LongHeader } from '../../../core/quic/longHeader.ts';
import type { InitialKeys } from './initialKeys.ts';

const SAMPLE = 16;
/** Where the sample lies after the start of the packet number: as if that had four octets. */
const SAMPLE_AT = 4;
const TAG = 16;

/**
 * The frames of the packet that `header` was read from at `bytes[from ..]`; undefined: the keys are not its. Packet
 * numbers of Initial packets are below 2^32 as they stand: nothing before them shortens them.
 */
export function openInitial(
  keys: InitialKeys,
  header: LongHeader,
  bytes: Uint8Array,
  from: number,
): Buffer | undefined {
  const { numberAt, end } = header;
  if (end - numberAt < SAMPLE_AT + SAMPLE) return undefined;
  const mask = maskOf(keys, bytes.subarray(numberAt + SAMPLE_AT, numberAt + SAMPLE_AT + SAMPLE));
  const head = Buffer.from(bytes.subarray(from, numberAt + 4));
  head[0]! ^= mask[0]! & 0x0f;
  const numberLength = (head[0]! & 0x03) + 1;
  const at = numberAt - from;
  const nonce = Buffer.from(keys.iv);
  for (let i = 0; i < numberLength; i++) {
    head[at + i]! ^= mask[1 + i]!;
    nonce[nonce.length - numberLength + i]! ^= head[at + i]!;
  }
  const payload = numberAt + numberLength;
  if (end - payload < TAG) return undefined;
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce);
  decipher.setAAD(head.subarray(0, at + numberLength));
  decipher.setAuthTag(bytes.subarray(end - TAG, end));
  const plain = decipher.update(bytes.subarray(payload, end - TAG));
  try {
    decipher.final();
  } catch {
    // The one way in which the cipher says that the tag is wrong.
    return undefined;
  }
  return plain;
}

function maskOf(keys: InitialKeys, sample: Uint8Array): Buffer {
  return createCipheriv('aes-128-ecb', keys.header, null).update(sample);
}
