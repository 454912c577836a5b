import { ContentType } from '../../../core/tls/recordStream.ts';
import { DTLS_HEADER, FragmentStream, isDtlsVersion } from '../../../core/tls/dtls.ts';
import type { DatagramAnalyser, ProtocolFlow } from '../protocol.ts';
import type { Certificates } from '../x509/certificates.ts';
import { TlsConversation } from './conversation.ts';

/** Datagrams in a row that are no DTLS (STUN apart) after which a flow is given up: WebRTC has others between. */
const MOST_ALIEN = 10;
/** STUN's magic cookie, at octet 4 (RFC 8489 section 5). */
const STUN_COOKIE = 0x2112a442;

/** DTLS over a flow of datagrams (RFC 6347). */
export class DtlsAnalyser implements DatagramAnalyser {
  isDone = false;
  readonly #conversation: TlsConversation;
  readonly #fragments: readonly [FragmentStream, FragmentStream] = [new FragmentStream(), new FragmentStream()];
  #aliens = 0;

  constructor(flow: ProtocolFlow, certificates: Certificates) {
    this.#conversation = new TlsConversation(flow, certificates, 'dtls');
  }

  get isSure(): boolean {
    return this.#conversation.hasBegun;
  }

  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.isDone || isStun(bytes, from, to)) return;
    let at = from;
    while (at + DTLS_HEADER <= to) {
      if (!isDtlsVersion((bytes[at + 1]! << 8) | bytes[at + 2]!)) {
        this.#alien();
        return;
      }
      const content = at + DTLS_HEADER;
      const end = content + ((bytes[at + 11]! << 8) | bytes[at + 12]!);
      if (end > to) return;
      this.#aliens = 0;
      if (!this.#record(isOrig, bytes[at]!, bytes, content, end, time)) {
        this.isDone = true;
        return;
      }
      at = end;
    }
  }

  finish(_time: number): void {
    this.isDone = true;
    this.#conversation.finish();
  }

  #alien(): void {
    this.#aliens++;
    if (this.#aliens <= MOST_ALIEN) return;
    this.#conversation.violation();
    this.isDone = true;
  }

  #record(isOrig: boolean, type: number, bytes: Uint8Array, from: number, to: number, time: number): boolean {
    const isWanted = this.#conversation.wants(isOrig, type) && type < ContentType.V2_ERROR;
    return this.#conversation.record(isOrig, type, bytes, isWanted ? from : to, to, time, (content, begin, end) =>
      this.#fragments[isOrig ? 0 : 1].data(content, begin, end, (kind, body, bodyFrom, bodyTo) =>
        this.#conversation.message(isOrig, kind, body, bodyFrom, bodyTo),
      ),
    );
  }
}

function isStun(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from <= 20) return false;
  const cookie =
    ((bytes[from + 4]! << 24) | (bytes[from + 5]! << 16) | (bytes[from + 6]! << 8) | bytes[from + 7]!) >>> 0;
  return cookie === STUN_COOKIE;
}
