import { createHash, hash, type Hash } from 'node:crypto';

export interface HashTexts {
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** MD5, SHA-1 and SHA-256 of a content that comes in pieces. */
export class ContentHashes {
  readonly #md5: Hash = createHash('md5');
  readonly #sha1: Hash = createHash('sha1');
  readonly #sha256: Hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    this.#sha1.update(bytes);
    this.#sha256.update(bytes);
  }

  /** In hex. Called once, last. */
  texts(): HashTexts {
    return { md5: this.#md5.digest('hex'), sha1: this.#sha1.digest('hex'), sha256: this.#sha256.digest('hex') };
  }
}

/** The same of a content that is whole: no state is set up for it. */
export function hashTexts(bytes: Uint8Array): HashTexts {
  return { md5: hash('md5', bytes, 'hex'), sha1: hash('sha1', bytes, 'hex'), sha256: hash('sha256', bytes, 'hex') };
}
