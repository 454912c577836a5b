import type { ProtocolFlow, StreamAnalyser, StreamProtocol } from '../protocol.ts';
import { Sign } from '../protocol.ts';
import type { Certificates } from '../x509/certificates.ts';
import { KeptOctets, MOST_KEPT } from './keptOctets.ts';
import { TlsStreamAnalyser } from './streamAnalyser.ts';
import { recogniseHello } from './tls.ts';

/**
 * Protocols that go over to TLS in their midst and that nobody else reads: POP3, IMAP, LDAP (and its global catalogue),
 * MySQL, RDP, XMPP, PostgreSQL, IRC; and proxies that speak SOCKS.
 */
const ports: ReadonlySet<number> = new Set([
  110, 143, 389, 1080, 1434, 3268, 3306, 3389, 5222, 5269, 5432, 6666, 6667, 6668, 6669,
]);

/** Where a record has the type of its first message. */
const MESSAGE_TYPE = 5;
const CLIENT_HELLO = 1;

/** TLS that begins after a talk in plain text: rows of `ssl.log`. */
export function createStartTls(certificates: Certificates): StreamProtocol {
  const budget = new KeptOctets(MOST_KEPT);
  return {
    name: 'starttls',
    transport: 'tcp',
    ports,
    create: (flow) => new StartTlsAnalyser(flow, certificates, budget),
  };
}

/**
 * Waits for a client's hello at the start of what the originator sends in one piece, with something before it. Servers
 * are silent between their consent and their own hello, so all that comes after the client's is TLS. What may come
 * before is bounded by what an analyser is given that is not sure.
 */
class StartTlsAnalyser implements StreamAnalyser {
  isDone: boolean;
  readonly #flow: ProtocolFlow;
  readonly #certificates: Certificates;
  readonly #budget: KeptOctets;
  #hasAsked = false;
  #tls: TlsStreamAnalyser | undefined;

  constructor(flow: ProtocolFlow, certificates: Certificates, budget: KeptOctets) {
    this.#budget = budget;
    this.#flow = flow;
    this.#certificates = certificates;
    this.isDone = flow.isPartial;
  }

  get isSure(): boolean {
    return this.#tls !== undefined;
  }

  get held(): number {
    return this.#tls?.held ?? 0;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.isDone || to <= from) return;
    if (this.#tls === undefined && isOrig && isClientHello(bytes, from, to)) {
      // TLS from the first octet on is found by its content.
      if (this.#hasAsked) this.#tls = new TlsStreamAnalyser(this.#flow, this.#certificates, this.#budget);
      else this.isDone = true;
    }
    if (isOrig) this.#hasAsked = true;
    this.#tls?.data(isOrig, bytes, from, to, time);
    if (this.#tls?.isDone === true) this.isDone = true;
  }

  gap(isOrig: boolean, length: number, time: number): void {
    this.#tls?.gap(isOrig, length, time);
    if (this.#tls?.isDone === true) this.isDone = true;
  }

  endOfData(_isOrig: boolean, _time: number): void {
    // The other side may still have something to say.
  }

  finish(time: number): void {
    this.isDone = true;
    this.#tls?.finish(time);
  }
}

function isClientHello(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from + MESSAGE_TYPE] !== CLIENT_HELLO) return false;
  return recogniseHello(bytes.subarray(from, to), to - from) === Sign.YES;
}
