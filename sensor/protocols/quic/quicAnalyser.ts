import { cutText } from '../../../core/records/limits.ts';
import { quic, type QuicRecord } from '../../../core/records/quic.ts';
import { CryptoStream } from '../../../core/quic/cryptoStream.ts';
import { readFrames } from '../../../core/quic/frames.ts';
import { LongHeader, LongType } from '../../../core/quic/longHeader.ts';
import { quicVersionName } from '../../../core/quic/versions.ts';
import { readClientHello, type ClientHello } from '../../../core/tls/hello.ts';
import type { DatagramAnalyser, ProtocolFlow } from '../protocol.ts';
import { encryptedDns, type EncryptedDns } from '../tls/encryptedDns.ts';
import { fingerprintsOf } from '../tls/fingerprints.ts';
import type { KeptOctets } from '../tls/keptOctets.ts';
import { openInitial } from './initialPacket.ts';
import { clientInitialKeys, type InitialKeys } from './initialKeys.ts';

/** Initial packets of the client that are decrypted, and datagrams that are looked at in all. */
const MOST_INITIALS = 16;
const MOST_DATAGRAMS = 64;
const CLIENT_HELLO = 1;
/** Type and length of a handshake message. */
const MESSAGE_HEADER = 4;

type Row = { -readonly [K in keyof QuicRecord]: QuicRecord[K] };

/** What one attempt to set up a connection shows. */
interface Attempt {
  readonly ts: number;
  readonly version: number;
  readonly keys: InitialKeys;
  readonly initialId: string;
  readonly clientId: string;
  serverId: string | undefined;
  history: string;
  initials: number;
  /** Emptied once the hello was read. */
  crypto: CryptoStream;
  hello: ClientHello | undefined;
}

/**
 * QUIC's start: the client's Initial packets are decrypted until its hello is whole, of the server only the head of a
 * packet is read. Then it is done; what it costs is bounded by the constants above.
 */
export class QuicAnalyser implements DatagramAnalyser {
  isDone = false;
  readonly #flow: ProtocolFlow;
  readonly #header: LongHeader = new LongHeader();
  #attempt: Attempt | undefined;
  readonly #budget: KeptOctets;
  #kept = 0;
  #datagrams = 0;

  constructor(flow: ProtocolFlow, budget: KeptOctets) {
    this.#budget = budget;
    this.#flow = flow;
  }

  get held(): number {
    return this.#kept;
  }

  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.isDone) return;
    this.#datagrams++;
    let at = from;
    while (at < to && this.#header.read(bytes, at, to)) {
      if (isOrig) this.#clientPacket(bytes, at, time);
      else this.#serverPacket(bytes);
      if (this.isDone) return;
      at = this.#header.end;
    }
    const attempt = this.#attempt;
    const isKnown = attempt?.hello !== undefined && attempt.serverId !== undefined;
    if (isKnown || this.#datagrams >= MOST_DATAGRAMS || !this.#hasRoom()) this.#end();
  }

  finish(_time: number): void {
    this.#end();
  }

  /** Whether what is kept of the hello has room among that of all flows; none is kept once it was read. */
  #hasRoom(): boolean {
    const kept = this.#attempt?.hello === undefined ? (this.#attempt?.crypto.kept ?? 0) : 0;
    if (kept === this.#kept) return true;
    if (!this.#budget.change(this.#kept, kept)) return false;
    this.#kept = kept;
    return true;
  }

  #end(): void {
    this.isDone = true;
    this.#budget.change(this.#kept, 0);
    this.#kept = 0;
    this.#tell();
  }

  #clientPacket(bytes: Uint8Array, at: number, time: number): void {
    const { type } = this.#header;
    const attempt = this.#attempt;
    if (type === LongType.INITIAL) {
      if (attempt?.hello === undefined) this.#initial(attempt, bytes, at, time);
      else attempt.history += 'I';
    } else if (attempt !== undefined) {
      attempt.history += type === LongType.HANDSHAKE ? 'H' : 'Z';
    }
  }

  #initial(known: Attempt | undefined, bytes: Uint8Array, at: number, time: number): void {
    const attempt = known ?? this.#begin(bytes, time);
    const plain = openInitial(attempt.keys, this.#header, bytes, at);
    attempt.initials++;
    if (plain === undefined) {
      // The first packet makes the keys: if it does not open, the connection began before it.
      this.isDone = known === undefined || attempt.initials >= MOST_INITIALS;
      if (known !== undefined && this.isDone) this.#tell();
      return;
    }
    this.#attempt = attempt;
    attempt.history += 'I';
    this.#flow.confirm('quic');
    const { crypto } = attempt;
    let isRoom = true;
    readFrames(plain, (offset, from, to) => {
      isRoom = isRoom && crypto.add(offset, plain, from, to);
    });
    this.#hello(attempt);
    if (attempt.hello === undefined && (!isRoom || attempt.initials >= MOST_INITIALS)) this.#end();
  }

  #begin(bytes: Uint8Array, time: number): Attempt {
    const { version, destinationFrom, destinationTo, sourceFrom, sourceTo } = this.#header;
    return {
      ts: time,
      version,
      keys: clientInitialKeys(version, bytes.subarray(destinationFrom, destinationTo)),
      initialId: hexOf(bytes, destinationFrom, destinationTo),
      clientId: hexOf(bytes, sourceFrom, sourceTo),
      serverId: undefined,
      history: '',
      initials: 0,
      crypto: new CryptoStream(),
      hello: undefined,
    };
  }

  #hello(attempt: Attempt): void {
    const { bytes, length } = attempt.crypto;
    if (length < MESSAGE_HEADER) return;
    const end = MESSAGE_HEADER + ((bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!);
    if (bytes[0] !== CLIENT_HELLO) {
      this.#end();
      return;
    }
    if (length < end) return;
    const hello = readClientHello(bytes, MESSAGE_HEADER, end);
    if (hello.isBroken) {
      this.#flow.retract('quic');
      this.#end();
      return;
    }
    attempt.hello = hello;
    attempt.crypto = new CryptoStream();
    attempt.history += 'S';
  }

  #serverPacket(bytes: Uint8Array): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    const { type, sourceFrom, sourceTo } = this.#header;
    if (type === LongType.RETRY) {
      // The client begins anew, with keys from the id that the server chose.
      attempt.history += 'r';
      this.#tell();
      return;
    }
    attempt.history += type === LongType.INITIAL ? 'i' : 'h';
    attempt.serverId ??= hexOf(bytes, sourceFrom, sourceTo);
  }

  #tell(): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    this.#attempt = undefined;
    const { id } = this.#flow;
    const row: Row = {
      ts: attempt.ts,
      ...id,
      version: quicVersionName(attempt.version),
      client_initial_dcid: attempt.initialId,
      client_scid: attempt.clientId,
      history: attempt.history,
    };
    if (attempt.serverId !== undefined) row.server_scid = attempt.serverId;
    if (attempt.hello !== undefined) fillHello(row, attempt.hello);
    const hidden = attempt.hello === undefined ? undefined : hiddenDns(row, attempt.hello);
    if (hidden !== undefined) {
      row.encrypted_dns = hidden;
      this.#flow.hidesDns(hidden);
    }
    this.#flow.emit(quic, row);
  }
}

function fillHello(row: Row, hello: ClientHello): void {
  const [serverName] = hello.serverNames;
  const [protocol] = hello.protocols;
  if (serverName !== undefined) row.server_name = cutText(serverName);
  if (protocol !== undefined) row.client_protocol = protocol;
  const { ja3, ja4 } = fingerprintsOf(hello, 'quic');
  row.ja3 = ja3;
  row.ja4 = ja4;
}

function hiddenDns(row: Row, { serverNames, protocols }: ClientHello): EncryptedDns | undefined {
  const { 'id.resp_p': port, 'id.resp_h': address } = row;
  return encryptedDns({ transport: 'quic', port, address, serverName: serverNames[0], protocol: protocols[0] });
}

function hexOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('hex');
}
