/** The seam between protocols that carry files and who looks at these. Contents are hashed and typed, never kept. */
import type { ProtocolFlow } from '../protocol.ts';

/** What a file on its way takes in memory, its first octets and states of its hashes included: measured, about. */
export const FILE_OCTETS = 8192;

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

/** A file whose octets may come in ranges, and by several connections. */
export interface RangedFile extends FileStream {
  /** It has its rows: what comes now belongs to another file. */
  readonly isOver: boolean;
  /** That connection carries it as well. Answers whether it is a new one. */
  carry(flow: ProtocolFlow, fileName?: string): boolean;
  /** Octets it should have. It is over when it has them. */
  announce(total: number, time: number): void;
  /** Octets that stand at `offset`. */
  dataAt(offset: number, bytes: Uint8Array, from: number, to: number, time: number): void;
  /** `length` octets are missing; where ranges came, all up to `offset` that have not come. */
  gapTo(offset: number, length: number, time: number): void;
  /** Gives it up if it has not moved for minutes. */
  expire(time: number): void;
}

/** What HTTP needs beyond: files that several messages bring together. */
export interface HttpFiles extends Files {
  open(options: FileOptions): RangedFile;
  /** The file of that name; begun if it is not on its way. */
  share(key: string, options: FileOptions): RangedFile;
  /** The file of that name, if there is one, is over. */
  endShared(key: string, time: number): void;
  /** What carried it is over, and more of it may come: it waits until it does not move for minutes. */
  leave(file: FileStream): void;
  /** Packets are over: what waits has its rows. */
  finish(): void;
}
