import { cutText } from '../../../core/records/limits.ts';
import { ssl, type SslRecord } from '../../../core/records/ssl.ts';
import { cipherName } from '../../../core/tls/cipherNames.ts';
import type { ClientHello, ServerHello } from '../../../core/tls/hello.ts';
import { alertName, groupName, isDraft, Version, versionName } from '../../../core/tls/names.ts';
import type { ProtocolFlow } from '../protocol.ts';
import type { Certificates, ChainReport } from '../x509/certificates.ts';
import { encryptedDns } from './encryptedDns.ts';
import type { Fingerprints } from './fingerprints.ts';
import { Letter, withLetter } from './history.ts';

const NONE: readonly string[] = [];

/** What is known of one handshake: it becomes a row of `ssl.log`, under the rules of Zeek's script. */
export class TlsSession {
  readonly #flow: ProtocolFlow;
  readonly #certificates: Certificates;
  readonly #ts: number;
  #history = '';
  #version: number | undefined;
  #cipher: string | undefined;
  #group: number | undefined;
  #serverName: string | undefined;
  #protocol: string | undefined;
  #lastAlert: string | undefined;
  #isResumed = false;
  #sessionId = '';
  /** The client showed a ticket and no session id. */
  #hasTicket = false;
  #hasPreSharedKey = false;
  #hasKeyExchange = false;
  #chains: [readonly string[], readonly string[]] | undefined;
  #report: ChainReport | undefined;
  #fingerprints: Fingerprints | undefined;

  constructor(flow: ProtocolFlow, certificates: Certificates, time: number) {
    this.#flow = flow;
    this.#certificates = certificates;
    this.#ts = time;
  }

  letter(isClient: boolean, letter: string): void {
    this.#history = withLetter(this.#history, isClient, letter);
  }

  /** The client's hello came from the responder, or back from the originator. */
  flip(): void {
    this.#history += Letter.FLIPPED;
  }

  get hasVersion(): boolean {
    return this.#version !== undefined;
  }

  clientExtensions(hello: ClientHello): void {
    if (hello.hasTicket) this.#hasTicket = true;
    if (hello.hasPreSharedKey) this.#hasPreSharedKey = true;
    const [name] = hello.serverNames;
    if (name === undefined) return;
    this.#serverName = name;
    if (hello.serverNames.length > 1) this.#flow.weird('SSL_many_server_names');
  }

  clientId(sessionId: Uint8Array): void {
    if (sessionId.every((octet) => octet === 0)) return;
    this.#sessionId = idText(sessionId);
    this.#hasTicket = false;
  }

  set fingerprints(fingerprints: Fingerprints) {
    this.#fingerprints ??= fingerprints;
  }

  serverExtensions(hello: ServerHello): void {
    const [protocol] = hello.protocols;
    if (protocol !== undefined) this.#protocol = protocol;
    if (hello.selectedVersion !== 0) this.#version = hello.selectedVersion;
    if (hello.group >= 0) this.#group = hello.group;
    if (hello.hasPreSharedKey && this.#hasPreSharedKey) this.#isResumed = true;
  }

  serverHello(version: number, cipherSuite: number, sessionId: Uint8Array): void {
    this.#version ??= version;
    this.#cipher = cipherName(cipherSuite);
    const isEarlier = !isDraft(this.#version) && this.#version !== Version.TLS13;
    if (isEarlier && this.#sessionId !== '' && this.#sessionId === idText(sessionId)) this.#isResumed = true;
  }

  get cipher(): string {
    return this.#cipher ?? '';
  }

  group(group: number): void {
    this.#group = group;
  }

  keyExchange(): void {
    this.#hasKeyExchange = true;
  }

  changeCipherSpec(isClient: boolean): void {
    this.letter(isClient, Letter.CHANGE_CIPHER_SPEC);
    if (isClient && this.#hasTicket && !this.#hasKeyExchange) this.#isResumed = true;
  }

  alert(isClient: boolean, description: number): void {
    this.letter(isClient, Letter.ALERT);
    this.#lastAlert = alertName(description);
  }

  certificates(isClient: boolean, certificates: readonly Uint8Array[], time: number): void {
    if (certificates.length === 0) return;
    const report = this.#certificates.chain(this.#flow, certificates, isClient, time);
    this.#chains ??= [NONE, NONE];
    const side = isClient ? 1 : 0;
    this.#chains[side] = [...this.#chains[side], ...report.fingerprints];
    if (!isClient) this.#report ??= report;
  }

  ocsp(isClient: boolean, response: Uint8Array, time: number): void {
    this.#certificates.ocsp(this.#flow, response, isClient, time);
  }

  /** Hands its row out. */
  end(isEstablished: boolean): void {
    const { id } = this.#flow;
    const row: { -readonly [K in keyof SslRecord]: SslRecord[K] } = {
      ts: this.#ts,
      ...id,
      resumed: this.#isResumed,
      established: isEstablished,
      ssl_history: this.#history,
    };
    if (this.#version !== undefined) row.version = versionName(this.#version);
    if (this.#cipher !== undefined) row.cipher = this.#cipher;
    if (this.#group !== undefined) row.curve = groupName(this.#group);
    if (this.#serverName !== undefined) row.server_name = cutText(this.#serverName);
    if (this.#lastAlert !== undefined) row.last_alert = this.#lastAlert;
    if (this.#protocol !== undefined) row.next_protocol = this.#protocol;
    if (this.#chains !== undefined) {
      row.cert_chain_fps = this.#chains[0];
      row.client_cert_chain_fps = this.#chains[1];
    }
    const matches = this.#serverName === undefined ? undefined : this.#report?.matches(this.#serverName);
    if (matches !== undefined) row.sni_matches_cert = matches;
    if (this.#fingerprints !== undefined) {
      row.ja3 = this.#fingerprints.ja3;
      row.ja4 = this.#fingerprints.ja4;
    }
    if (this.#flow.transport === 'tcp') {
      const dns = encryptedDns({
        transport: 'tls',
        port: id['id.resp_p'],
        address: id['id.resp_h'],
        serverName: this.#serverName,
        protocol: this.#protocol,
      });
      if (dns !== undefined) {
        row.encrypted_dns = dns;
        this.#flow.hidesDns(dns);
      }
    }
    this.#flow.emit(ssl, row);
  }
}

/** A session id as it is compared: shorter ones are filled up with zeros. */
function idText(id: Uint8Array): string {
  return Buffer.from(id).toString('hex').padEnd(64, '0');
}
