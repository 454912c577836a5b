/** The seam between protocols that carry files and who looks at these. Contents are hashed and typed, never kept. */
import type { ProtocolFlow } from '../protocol.ts';

export interface FileOptions {
  flow: ProtocolFlow;
  /** As Zeek's `source`. */
  source: 'HTTP' | 'SSL' | 'FTP_DATA' | 'SMTP';
  /** Who sent it. */
  isOrig: boolean;
  /** Time of its first octet, in seconds. */
  time: number;
  depth: number;
  fileName?: string;
  /** Octets it should have, as announced. */
  totalBytes?: number;
  /** What it is known to be (`application/x-x509-user-cert`); absent = told by content. */
  mimeType?: string;
}

/** A file on its way. */
export interface FileStream {
  /** Its name in other logs (`F...`). */
  readonly fuid: string;
  /** Known once its first octets were seen, if they say it. */
  readonly mimeType: string | undefined;
  data(bytes: Uint8Array, from: number, to: number, time: number): void;
  gap(length: number, time: number): void;
  /** It is over: its row is made. Called once. */
  end(time: number): void;
}

export interface Files {
  open(options: FileOptions): FileStream;
  /** A file that is whole already (a certificate): answers with its `fuid`, and its SHA-256 in hex. */
  whole(options: FileOptions, bytes: Uint8Array): { fuid: string; sha256: string };
}
