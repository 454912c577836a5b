/** Certificates of a handshake: their rows in `x509.log`, and what `ssl.log` says of them. */
import { createHash } from 'node:crypto';
import type { Files } from '../files/file.ts';
import type { ProtocolFlow } from '../protocol.ts';

/** What is told of a chain of certificates. */
export interface ChainReport {
  /** SHA-256 of each certificate, in hex, in the chain's order. */
  readonly fingerprints: readonly string[];
  /** Whether the first certificate is good for that host. */
  matches(serverName: string): boolean;
}

/** One for all flows: it knows which certificates have had their row. */
export class Certificates {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  /**
   * The certificates of one message, in order, seen at `time` seconds. As in Zeek they have no row in `files.log`.
   * `isOrig`: the client showed them.
   */
  chain(_flow: ProtocolFlow, certificates: readonly Uint8Array[], _isOrig: boolean, _time: number): ChainReport {
    const fingerprints = certificates.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    return { fingerprints, matches: () => false };
  }

  /** A stapled OCSP response: a row of `files.log`. */
  ocsp(flow: ProtocolFlow, response: Uint8Array, isOrig: boolean, time: number): void {
    const mimeType = 'application/ocsp-response';
    this.#files.whole({ flow, source: 'SSL', isOrig, time, depth: 0, mimeType }, response);
  }
}
