import { DTLS_HEADER, FragmentStream, isDtlsVersion } from '../../../core/tls/dtls.ts';
import type { DatagramAnalyser, ProtocolFlow } from '../protocol.ts';
import type { Certificates } from '../x509/certificates.ts';
import { TlsConversation } from './conversation.ts';
import type { KeptOctets } from './keptOctets.ts';

/** Datagrams that are no DTLS (STUN apart) before a hello, after which a flow is given up. */
const MOST_ALIEN = 10;
/** First three bits of DTLS 1.3's head of encrypted records. */
const UNIFIED = 0x20;
/** STUN's magic cookie, at octet 4 (RFC 8489 section 5). */
const STUN_COOKIE = 0x2112a442;

/** DTLS over a flow of datagrams (RFC 6347). */
export class DtlsAnalyser implements DatagramAnalyser {
  isDone = false;
  readonly #conversation: TlsConversation;
  readonly #fragments: readonly [FragmentStream, FragmentStream] = [new FragmentStream(), new FragmentStream()];
  readonly #budget: KeptOctets;
  #kept = 0;
  #aliens = 0;

  constructor(flow: ProtocolFlow, certificates: Certificates, budget: KeptOctets) {
    this.#budget = budget;
    this.#conversation = new TlsConversation(flow, certificates, 'dtls');
  }

  get isSure(): boolean {
    return this.#conversation.hasBegun;
  }

  get held(): number {
    return this.#kept;
  }

  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.isDone || isStun(bytes, from, to)) return;
    let at = from;
    while (at + DTLS_HEADER <= to) {
      if (this.#conversation.isDtls13 && (bytes[at]! & 0xe0) === UNIFIED) {
        // DTLS 1.3 is encrypted from here on, and never says that it is set up (RFC 9147 section 4).
        this.isDone = true;
        return;
      }
      if (!isDtlsVersion((bytes[at + 1]! << 8) | bytes[at + 2]!)) {
        this.#alien();
        return;
      }
      const content = at + DTLS_HEADER;
      const end = content + ((bytes[at + 11]! << 8) | bytes[at + 12]!);
      if (end > to) return;
      const isPlain = bytes[at + 3] === 0 && bytes[at + 4] === 0;
      if (!(isPlain ? this.#plain(isOrig, bytes, at, content, end, time) : this.#conversation.cipherText(time))) {
        this.isDone = true;
        return;
      }
      at = end;
    }
    const kept = this.#fragments[0].kept + this.#fragments[1].kept;
    if (kept === this.#kept) return;
    if (this.#budget.change(this.#kept, kept)) this.#kept = kept;
    else this.isDone = true;
  }

  finish(_time: number): void {
    this.isDone = true;
    this.#budget.change(this.#kept, 0);
    this.#kept = 0;
    this.#conversation.finish();
  }

  /** What is no DTLS after a hello ends it, as in Zeek; before there was one, some of it may come. */
  #alien(): void {
    this.#aliens++;
    if (this.#conversation.isConfirmed) this.#conversation.violation();
    else if (this.#aliens <= MOST_ALIEN) return;
    this.isDone = true;
  }

  #plain(isOrig: boolean, bytes: Uint8Array, at: number, from: number, to: number, time: number): boolean {
    return this.#conversation.plainText(isOrig, bytes[at]!, bytes, from, to, time, (content, begin, end) =>
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
