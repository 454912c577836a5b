import { isClientHelloDatagram } from '../../../core/tls/dtls.ts';
import { isRecordVersion } from '../../../core/tls/recordStream.ts';
import { type DatagramProtocol, Sign, type StreamProtocol } from '../protocol.ts';
import type { Certificates } from '../x509/certificates.ts';
import { DtlsAnalyser } from './datagramAnalyser.ts';
import { KeptOctets, MOST_KEPT } from './keptOctets.ts';
import { TlsStreamAnalyser } from './streamAnalyser.ts';

/** Zeek's: HTTPS, NNTPS, LDAPS, FTPS, TELNETS, IMAPS, POP3S, XMPP and old assignments. */
const ports: ReadonlySet<number> = new Set([443, 563, 585, 614, 636, 989, 990, 992, 993, 995, 5223]);

/** TLS and SSL over TCP: `ssl.log`. */
export function createTls(certificates: Certificates, mostKept: number = MOST_KEPT): StreamProtocol {
  const budget = new KeptOctets(mostKept);
  return {
    name: 'ssl',
    transport: 'tcp',
    ports,
    oneSided: 'either',
    recognise: (_isOrig, bytes, length) => recogniseHello(bytes, length),
    create: (flow) => new TlsStreamAnalyser(flow, certificates, budget),
  };
}

/** DTLS, told by its first datagrams alone: `ssl.log`. */
export function createDtls(certificates: Certificates, mostKept: number = MOST_KEPT): DatagramProtocol {
  const budget = new KeptOctets(mostKept);
  return {
    name: 'dtls',
    transport: 'udp',
    ports: new Set(),
    recognise: (_isOrig, bytes, from, to) => (isClientHelloDatagram(bytes, from, to) ? Sign.YES : Sign.NO),
    create: (flow) => new DtlsAnalyser(flow, certificates, budget),
  };
}

const HANDSHAKE = 22;
const ALERT = 21;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
/** A record's header with an alert in it, which may stand before a server's hello. */
const ALERT_RECORD = 7;
/** Header of a record and of a message, and the version. */
const NEEDED = 11;

/** A client's or a server's hello in the first record, whichever side it is of, as Zeek's signatures have it. */
export function recogniseHello(bytes: Uint8Array, length: number): Sign {
  if (length === 0) return Sign.MORE;
  const isAlert = bytes[0] === ALERT;
  const at = isAlert ? ALERT_RECORD : 0;
  if (isAlert && !isRecordHead(bytes, 0, length, ALERT)) return Sign.NO;
  if (!isRecordHead(bytes, at, length, HANDSHAKE)) return Sign.NO;
  if (length > at + 5) {
    const type = bytes[at + 5];
    if (type !== SERVER_HELLO && (isAlert || type !== CLIENT_HELLO)) return Sign.NO;
  }
  if (length < at + NEEDED) return Sign.MORE;
  const version = (bytes[at + 9]! << 8) | bytes[at + 10]!;
  if (bytes[at + 5] === CLIENT_HELLO) return isRecordVersion(version) ? Sign.YES : Sign.NO;
  const isDraft = version >> 8 === 0x7f && (version & 0xff) <= 0x50;
  return isDraft || version === 0x0304 || isRecordVersion(version) ? Sign.YES : Sign.NO;
}

/** As far as it came. */
function isRecordHead(bytes: Uint8Array, at: number, length: number, type: number): boolean {
  if (length > at && bytes[at] !== type) return false;
  if (length > at + 1 && bytes[at + 1] !== 3) return false;
  return length <= at + 2 || bytes[at + 2]! <= 3;
}
