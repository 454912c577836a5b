/** Frames of Initial packets (RFC 9000 section 19): only CRYPTO's content is wanted, the others are passed over. */
import { numberSize, readNumber } from './longHeader.ts';

const Frame = { PADDING: 0, PING: 1, ACK: 2, ACK_ECN: 3, CRYPTO: 6, CLOSE: 0x1c } as const;
/** Ranges of an acknowledgement that are passed over. */
const MOST_RANGES = 1024;

/** Takes the content of a CRYPTO frame: octets of the handshake from `offset` on. */
export type TakeCrypto = (offset: number, from: number, to: number) => void;

/** Reads the frames of a decrypted packet. False: it ends in one that has no place there, or that is cut. */
export function readFrames(bytes: Uint8Array, take: TakeCrypto): boolean {
  const to = bytes.length;
  let at = 0;
  while (at < to) {
    const type = bytes[at]!;
    at++;
    switch (type) {
      case Frame.PADDING:
      case Frame.PING:
        break;
      case Frame.ACK:
      case Frame.ACK_ECN:
        at = passAcknowledgement(bytes, at, type === Frame.ACK_ECN);
        break;
      case Frame.CRYPTO:
        at = readCrypto(bytes, at, take);
        break;
      case Frame.CLOSE:
        // The connection is over: nothing of a hello follows.
        return true;
      default:
        return false;
    }
    if (at < 0) return false;
  }
  return true;
}

function readCrypto(bytes: Uint8Array, from: number, take: TakeCrypto): number {
  const offset = readNumber(bytes, from, bytes.length);
  if (offset < 0) return -1;
  const lengthAt = from + numberSize(bytes, from);
  const length = readNumber(bytes, lengthAt, bytes.length);
  if (length < 0) return -1;
  const begin = lengthAt + numberSize(bytes, lengthAt);
  if (begin + length > bytes.length) return -1;
  take(offset, begin, begin + length);
  return begin + length;
}

function passAcknowledgement(bytes: Uint8Array, from: number, hasCounts: boolean): number {
  let at = passNumbers(bytes, from, 2);
  if (at < 0) return -1;
  const ranges = readNumber(bytes, at, bytes.length);
  if (ranges < 0 || ranges > MOST_RANGES) return -1;
  at = passNumbers(bytes, at, 2 + ranges * 2);
  return at < 0 || !hasCounts ? at : passNumbers(bytes, at, 3);
}

/** Acknowledgements may hold numbers of any size. */
function passNumbers(bytes: Uint8Array, from: number, count: number): number {
  let at = from;
  for (let i = 0; i < count; i++) {
    if (at >= bytes.length) return -1;
    at += numberSize(bytes, at);
  }
  return at <= bytes.length ? at : -1;
}
