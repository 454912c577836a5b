/** Keys of Initial packets (RFC 9001 section 5.2): everybody can make them from the client's first connection id. */
import { hash } from 'node:crypto';
import { saltName, VERSION_2, type SaltName } from '../../../core/quic/versions.ts';

const KEY = 16;
const IV = 12;
const SECRET = 32;

const salts: Readonly<Record<SaltName, Buffer>> = {
  '1': Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'),
  '2': Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
  'draft-29': Buffer.from('afbfec289993d24c9e9786f19c6111e04390a899', 'hex'),
  'draft-23': Buffer.from('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'hex'),
  'draft-22': Buffer.from('7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a', 'hex'),
  T050: Buffer.from('7ff579e5acd072915580304c43a2367c60488310', 'hex'),
  T051: Buffer.from('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d', 'hex'),
};

export interface InitialKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
  /** For the protection of headers. */
  readonly header: Buffer;
}

/** The client's keys. `version` is one that is readable. */
export function clientInitialKeys(version: number, connectionId: Uint8Array): InitialKeys {
  const initial = hmac(salts[saltName(version) ?? '1'], connectionId);
  const client = expand(initial, 'client in', SECRET);
  const prefix = version === VERSION_2 ? 'quicv2' : 'quic';
  return {
    key: expand(client, `${prefix} key`, KEY),
    iv: expand(client, `${prefix} iv`, IV),
    header: expand(client, `${prefix} hp`, KEY),
  };
}

/** HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1) without a context; one block of it is enough for all keys. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const full = `tls13 ${label}`;
  // Length, label, the empty context's length, and the number of the block.
  const info = Buffer.from(`\0${String.fromCharCode(length, full.length)}${full}\0\u0001`, 'latin1');
  return hmac(secret, info).subarray(0, length);
}

const BLOCK = 64;

/** HMAC-SHA256 (RFC 2104) of keys up to a block: two hashes at once cost half of Node's own object for it. */
function hmac(key: Uint8Array, message: Uint8Array): Buffer {
  const inner = Buffer.alloc(BLOCK + message.length, 0x36);
  const outer = Buffer.alloc(BLOCK + SECRET, 0x5c);
  for (let i = 0; i < key.length; i++) {
    inner[i]! ^= key[i]!;
    outer[i]! ^= key[i]!;
  }
  inner.set(message, BLOCK);
  outer.set(hash('sha256', inner, 'buffer'), BLOCK);
  return hash('sha256', outer, 'buffer');
}
