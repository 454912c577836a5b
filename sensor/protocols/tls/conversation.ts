import { ContentType } from '../../../core/tls/recordStream.ts';
import { Handshake } from '../../../core/tls/handshakes.ts';
import { readClientHello, readServerHello } from '../../../core/tls/hello.ts';
import {
  readCertificates,
  readClientHello2,
  readKeyExchange,
  readServerHello2,
  readStatus,
} from '../../../core/tls/messages.ts';
import { isBefore13, isDraft, isKnownVersion, Version } from '../../../core/tls/names.ts';
import type { ProtocolFlow } from '../protocol.ts';
import type { Certificates } from '../x509/certificates.ts';
import { fingerprintsOf, noFingerprints } from './fingerprints.ts';
import { Letter, letterOf } from './history.ts';
import { TlsSession } from './session.ts';

/** Alerts of one record that are read. */
const MOST_ALERTS = 10;

/** Takes the content of a handshake record apart into messages; false: it is broken. */
export type Messages = (bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * What both ends say, record by record, and when it is encrypted: the rules of Zeek's analyser, the same over streams and
 * datagrams. It is over with the first encrypted record after both ends went over, with a fault, or at the flow's end.
 */
export class TlsConversation {
  isOver = false;
  readonly #flow: ProtocolFlow;
  readonly #certificates: Certificates;
  readonly #service: 'ssl' | 'dtls';
  /** By direction, 0 = originator. */
  readonly #isEncrypted: [boolean, boolean] = [false, false];
  #session: TlsSession | undefined;
  /** The client is the responder. */
  #isFlipped = false;
  #hasFlippedBack = false;
  #isConfirmed = false;
  /** What the server chose; 0 = not known. */
  #version = 0;
  #time = 0;

  constructor(flow: ProtocolFlow, certificates: Certificates, service: 'ssl' | 'dtls') {
    this.#flow = flow;
    this.#certificates = certificates;
    this.#service = service;
  }

  /** Something of a handshake was seen. */
  get hasBegun(): boolean {
    return this.#session !== undefined;
  }

  /** A client's hello was read. */
  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  /** The server chose DTLS 1.3: encrypted records have another head. */
  get isDtls13(): boolean {
    return this.#version === Version.DTLS13;
  }

  /** Whether the content of a record is looked at: not once it is encrypted. */
  wants(isOrig: boolean, type: number): boolean {
    return !this.#isEncrypted[isOrig ? 0 : 1] && type !== ContentType.APPLICATION_DATA;
  }

  /** A whole record of a stream; `messages` is asked for the contents of handshake records. Answers whether to go on. */
  record(
    isOrig: boolean,
    type: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    time: number,
    messages: Messages,
  ): boolean {
    const side = isOrig ? 0 : 1;
    // TLS 1.3 need not say that it goes over: its first application data do (and any odd version is a kind of 1.3).
    if (type === ContentType.APPLICATION_DATA && !isBefore13(this.#version)) this.#isEncrypted[side] = true;
    if (this.#isEncrypted[side]) return this.cipherText(time);
    return this.plainText(isOrig, type, bytes, from, to, time, messages);
  }

  /** A record in plain text, as of `record`. */
  plainText(
    isOrig: boolean,
    type: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    time: number,
    messages: Messages,
  ): boolean {
    if (this.isOver) return false;
    this.#time = time;
    const isGood = this.#plain(isOrig, type, bytes, from, to, messages);
    if (this.isOver) return false;
    // Zeek's script begins a row with any record in plain text.
    this.#begun();
    if (!isGood) this.violation();
    return !this.isOver;
  }

  /** An encrypted record of either side. Answers whether to go on: not when both sides went over. */
  cipherText(time: number): boolean {
    if (this.isOver) return false;
    this.#time = time;
    if (!this.#isEncrypted[0] || !this.#isEncrypted[1]) return true;
    this.#establish();
    return false;
  }

  /** A whole handshake message. Answers whether to go on. */
  message(isOrig: boolean, type: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.isOver) return false;
    const isGood = this.#handshake(isOrig, type, bytes, from, to);
    if (!isGood) {
      // The record that holds it begins a row all the same.
      this.#begun();
      this.violation();
    }
    return !this.isOver;
  }

  /** What comes can't be read on: as in Zeek, `service` forgets it, and the history has no letter for it. */
  violation(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.#isConfirmed) this.#flow.retract(this.#service);
    this.#session?.end(false);
  }

  /** The flow is over. */
  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#session?.end(false);
  }

  #confirm(): void {
    this.#isConfirmed = true;
    this.#flow.confirm(this.#service);
  }

  #establish(): void {
    this.isOver = true;
    this.#begun().end(true);
  }

  #begun(): TlsSession {
    this.#session ??= new TlsSession(this.#flow, this.#certificates, this.#time);
    return this.#session;
  }

  #plain(isOrig: boolean, type: number, bytes: Uint8Array, from: number, to: number, messages: Messages): boolean {
    const isClient = isOrig !== this.#isFlipped;
    switch (type) {
      case ContentType.HANDSHAKE:
        return messages(bytes, from, to);
      case ContentType.CHANGE_CIPHER_SPEC:
        return this.#changeCipherSpec(isOrig, isClient, to - from);
      case ContentType.ALERT:
        return this.#alerts(isClient, bytes, from, to);
      case ContentType.HEARTBEAT:
        if (to - from < 3) return to === from;
        this.#begun().letter(isClient, Letter.HEARTBEAT);
        return true;
      case ContentType.APPLICATION_DATA:
        if (this.#session?.hasVersion === true) this.#flow.weird('ssl_early_application_data');
        return true;
      default:
        return type >= ContentType.V2_ERROR && this.#version2(isClient, type, bytes, from, to);
    }
  }

  /** In TLS 1.3 it says nothing: it is there so that TLS looks like 1.2. */
  #changeCipherSpec(isOrig: boolean, isClient: boolean, length: number): boolean {
    if (length === 0) return true;
    if (this.#version !== Version.TLS13 && !isDraft(this.#version)) this.#isEncrypted[isOrig ? 0 : 1] = true;
    this.#begun().changeCipherSpec(isClient);
    if (length > 1) this.cipherText(this.#time);
    return true;
  }

  #alerts(isClient: boolean, bytes: Uint8Array, from: number, to: number): boolean {
    const is13 = this.#version === Version.TLS13 || isDraft(this.#version);
    const end = from + (is13 ? 2 : MOST_ALERTS * 2);
    if (to > end) this.#flow.weird('SSL_excessive_alerts_in_record', String((to - from) >> 1));
    for (let at = from; at < Math.min(to, end); at += 2) {
      if (at + 2 > to) return false;
      this.#begun().alert(isClient, bytes[at + 1]!);
    }
    return true;
  }

  /** SSLv2's messages have no direction of their own in the history. */
  #version2(isClient: boolean, type: number, bytes: Uint8Array, from: number, to: number): boolean {
    switch (type) {
      case ContentType.V2_CLIENT_HELLO: {
        const id = readClientHello2(bytes, from, to);
        if (id === undefined) return false;
        this.#confirm();
        this.#begun().clientId(id);
        this.#begun().letter(true, Letter.CLIENT_HELLO);
        return true;
      }
      case ContentType.V2_SERVER_HELLO: {
        const hello = readServerHello2(bytes, from, to);
        if (hello.isBroken || hello.version !== Version.SSL2) return false;
        this.#begun().serverHello(hello.version, hello.cipherSuite, new Uint8Array(0));
        this.#begun().letter(false, Letter.SERVER_HELLO);
        if (hello.certificate.length > 0) this.#begun().certificates(isClient, [hello.certificate], this.#time);
        return true;
      }
      case ContentType.V2_CLIENT_MASTER_KEY:
        this.#isEncrypted.fill(true);
        this.#establish();
        return true;
      case ContentType.V2_ERROR:
        this.#begun().alert(isClient, 0);
        return true;
      default:
        return false;
    }
  }

  #handshake(isOrig: boolean, type: number, bytes: Uint8Array, from: number, to: number): boolean {
    switch (type) {
      case Handshake.CLIENT_HELLO:
        this.#direct(true, isOrig);
        return this.#clientHello(bytes, from, to);
      case Handshake.SERVER_HELLO:
        this.#direct(false, isOrig);
        return this.#serverHello(bytes, from, to);
      case Handshake.HELLO_REQUEST:
        this.#direct(false, isOrig);
        break;
      default:
    }
    const isClient = isOrig !== this.#isFlipped;
    switch (type) {
      case Handshake.CERTIFICATE: {
        const certificates = readCertificates(bytes, from, to);
        if (certificates === undefined) return false;
        this.#begun().certificates(isClient, certificates, this.#time);
        break;
      }
      case Handshake.CERTIFICATE_STATUS: {
        const response = readStatus(bytes, from, to);
        if (response !== undefined) this.#begun().ocsp(isClient, response, this.#time);
        break;
      }
      case Handshake.SERVER_KEY_EXCHANGE: {
        const exchange = readKeyExchange(this.#begun().cipher, this.#version, bytes, from, to);
        if (exchange.isBroken) return false;
        if (exchange.group >= 0) this.#begun().group(exchange.group);
        break;
      }
      case Handshake.CLIENT_KEY_EXCHANGE:
        if (isClient) this.#begun().keyExchange();
        break;
      default:
    }
    const letter = letterOf(type);
    if (letter === undefined) return false;
    this.#begun().letter(isClient, letter);
    return true;
  }

  /** Who sends a hello tells who is the client: over datagrams the originator of the flow need not be. */
  #direct(isClients: boolean, isOrig: boolean): void {
    if ((isOrig !== this.#isFlipped) === isClients) return;
    if (this.#isFlipped && !this.#hasFlippedBack) {
      this.#hasFlippedBack = true;
      this.#flow.weird('SSL_unclear_connection_direction');
    }
    this.#isFlipped = !this.#isFlipped;
    this.#begun().flip();
  }

  #clientHello(bytes: Uint8Array, from: number, to: number): boolean {
    const hello = readClientHello(bytes, from, to);
    if (hello.extensions.length > 0) this.#begun().clientExtensions(hello);
    if (hello.isBroken || !isKnownVersion(hello.version)) return false;
    this.#confirm();
    const session = this.#begun();
    session.clientId(hello.sessionId);
    session.letter(true, Letter.CLIENT_HELLO);
    const transport = this.#service === 'dtls' ? 'dtls' : 'tcp';
    session.fingerprints = this.#certificates.isRead ? fingerprintsOf(hello, transport) : noFingerprints;
    return true;
  }

  #serverHello(bytes: Uint8Array, from: number, to: number): boolean {
    const hello = readServerHello(bytes, from, to);
    if (this.#version === 0) this.#version = hello.selectedVersion === 0 ? hello.version : hello.selectedVersion;
    if (hello.extensions.length > 0) this.#begun().serverExtensions(hello);
    if (hello.isBroken || !isKnownVersion(hello.version)) return false;
    const session = this.#begun();
    session.serverHello(hello.version, hello.cipherSuite, hello.sessionId);
    session.letter(false, hello.isRetry ? Letter.RETRY : Letter.SERVER_HELLO);
    return true;
  }
}
