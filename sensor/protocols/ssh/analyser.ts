import { createHash } from 'node:crypto';
import { ssh, type SshRecord } from '../../../core/records/ssh.ts';
import { SshHalf, type HalfSink } from '../../../core/ssh/half.ts';
import { agree, hasshText, readKexInit, type KexInit } from '../../../core/ssh/kexInit.ts';
import { SshReader } from '../../../core/ssh/sshReader.ts';
import { commonVersion } from '../../../core/ssh/version.ts';
import type { ProtocolFlow, StreamAnalyser } from '../protocol.ts';
import { Logins, Verdict } from './logins.ts';

/** Numbers of messages (RFC 4253, 12; RFC 4419, 5; RFC 4462, 2.1); 30 to 49 mean what the key exchange says. */
const KEXINIT = 20;
const NEWKEYS = 21;
const KEX_REPLY = 31;
const GROUP_REPLY = 33;
const OLD_PUBLIC_KEY = 2;
const OLD_SESSION_KEY = 3;
/** Octets before the host key in SSH 1: a cookie, and the bits of the server's key. */
const OLD_COOKIE = 8;
const OLD_BITS = 4;
/** Characters of a fingerprint that Zeek prints. */
const FINGERPRINT = 32;
/** Compression hides the sizes that logins are guessed from. */
const compressions: ReadonlySet<string> = new Set(['zlib', 'zlib@openssh.com']);

type Draft = { -readonly [K in keyof SshRecord]: SshRecord[K] };

/** One connection of SSH: what both ends say in the clear, then the sizes of what they don't. */
export class SshAnalyser implements StreamAnalyser, HalfSink {
  readonly #flow: ProtocolFlow;
  readonly #client: SshHalf = new SshHalf(true, this);
  readonly #server: SshHalf = new SshHalf(false, this);
  readonly #logins: Logins = new Logins();
  #time = 0;
  #row: Draft | undefined;
  #clientOffer: KexInit | undefined;
  #serverOffer: KexInit | undefined;
  isDone: boolean;
  /** A version line was seen. */
  isSure = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
    this.isDone = flow.isPartial;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.isDone) return;
    this.#time = time;
    const half = isOrig ? this.#client : this.#server;
    half.data(bytes, from, to);
    if (half.isRefused) this.isDone = true;
  }

  get held(): number {
    return this.#client.held + this.#server.held;
  }

  /** What is on the far side of a hole can't be told apart. */
  gap(): void {
    this.isDone = true;
  }

  endOfData(): void {
    // The other side may still speak; the row waits for the flow's end.
  }

  finish(): void {
    this.isDone = true;
    const row = this.#row;
    this.#row = undefined;
    if (row !== undefined) this.#flow.emit(ssh, row);
  }

  version(isClient: boolean, line: string): void {
    this.isSure = true;
    const row = (this.#row ??= this.#begin());
    row[isClient ? 'client' : 'server'] = line;
    const { client, server } = row;
    if (client === undefined || server === undefined) return;
    const version = commonVersion(client, server);
    if (version === undefined) {
      const isShort = client.length <= 4 || server.length <= 4;
      this.#flow.weird(isShort ? 'SSH_cannot_determine_version' : 'SSH_version_mismatch', `${server} vs ${client}`);
      return;
    }
    row.version = version;
    if (version === 2) return;
    this.#client.speakOld();
    this.#server.speakOld();
  }

  message(isClient: boolean, version: 1 | 2, number: number, bytes: Uint8Array, from: number, to: number): void {
    const row = this.#row;
    if (row === undefined) return;
    if (version === 1) this.#oldMessage(row, isClient, number, bytes, from, to);
    else if (number === KEXINIT) this.#offer(row, isClient, readKexInit(bytes, from, to));
    else if (number === NEWKEYS) this.#confirm(row);
    else if (!isClient && number === replyOf(row.kex_alg)) {
      const key = new SshReader(bytes, from, to).string();
      if (key.length > 0) row.host_key_fingerprint = fingerprint(key);
    }
  }

  encrypted(isClient: boolean, octets: number): void {
    const row = this.#row;
    if (row?.version !== 2) {
      // There is nothing to guess from; the rest of the stream is of no use.
      this.isDone ||= this.#client.isEncrypted && this.#server.isEncrypted;
      return;
    }
    if (compressions.has(row.compression_alg ?? '')) {
      this.isDone = true;
      return;
    }
    const verdict = this.#logins.encrypted(isClient, octets);
    if (verdict === Verdict.SUCCESS || verdict === Verdict.FAILURE) {
      row.auth_success = verdict === Verdict.SUCCESS;
      row.auth_attempts++;
    }
    if (verdict === Verdict.SUCCESS || verdict === Verdict.UNKNOWN) this.isDone = true;
  }

  #begin(): Draft {
    const { id, isOrigLocal, isRespLocal } = this.#flow;
    const direction = isOrigLocal ? 'OUTBOUND' : 'INBOUND';
    return { ts: this.#time, ...id, auth_attempts: 0, ...(isOrigLocal !== isRespLocal && { direction }) };
  }

  #offer(row: Draft, isClient: boolean, offer: KexInit | undefined): void {
    if (offer === undefined || (isClient ? this.#clientOffer : this.#serverOffer) !== undefined) return;
    const hassh = createHash('md5').update(hasshText(offer, isClient)).digest('hex');
    if (isClient) {
      this.#clientOffer = offer;
      row.hassh = hassh;
    } else {
      this.#serverOffer = offer;
      row.hasshServer = hassh;
    }
    if (this.#clientOffer === undefined || this.#serverOffer === undefined) return;
    const agreement = agree(this.#clientOffer, this.#serverOffer);
    row.cipher_alg = agreement.cipher;
    row.mac_alg = agreement.mac;
    row.compression_alg = agreement.compression;
    row.kex_alg = agreement.kex;
    row.host_key_alg = agreement.hostKey;
  }

  /** Both ends must have said their version: of one end alone Zeek does not take it for SSH. */
  #confirm(row: Draft): void {
    if (row.version !== undefined) this.#flow.confirm('ssh');
  }

  #oldMessage(row: Draft, isClient: boolean, number: number, bytes: Uint8Array, from: number, to: number): void {
    if (isClient && number === OLD_SESSION_KEY) this.#confirm(row);
    if (isClient || number !== OLD_PUBLIC_KEY) return;
    const reader = new SshReader(bytes, from, to);
    reader.skip(OLD_COOKIE + OLD_BITS);
    reader.oldNumber();
    reader.oldNumber();
    reader.skip(OLD_BITS);
    const exponent = reader.oldNumber();
    const modulus = reader.oldNumber();
    if (!reader.isBroken) row.host_key_fingerprint = fingerprint(modulus, exponent);
  }
}

/** Which of the server's messages begins with its key. */
function replyOf(kex: string | undefined): number {
  if (kex === undefined || kex.startsWith('rsa')) return -1;
  return kex.startsWith('diffie-hellman-group-exchange') || kex.startsWith('gss-') ? GROUP_REPLY : KEX_REPLY;
}

function fingerprint(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `SHA256:${hash.digest('base64').slice(0, FINGERPRINT)}`;
}
