import { byteText } from '../dns/byteText.ts';
import { formatAddress } from '../packet/address.ts';
import { algorithmNames } from './algorithms.ts';
import { DerReader, integer, Tag, type Element } from './der.ts';
import { readName, type DistinguishedName } from './names.ts';
import { readIdentifier, readPublicKey, type PublicKey } from './publicKey.ts';
import { readTime } from './time.ts';

/** Tags of the parts that stand apart from the universal ones (RFC 5280, 4.1). */
const VERSION = 0xa0;
const ISSUER_ID = 0x81;
const SUBJECT_ID = 0x82;
const EXTENSIONS = 0xa3;
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
/** Tags of a GeneralName (RFC 5280, 4.2.1.6). */
const EMAIL = 0x81;
const DNS = 0x82;
const URI = 0x86;
const ADDRESS = 0x87;
const otherNames: ReadonlySet<number> = new Set([0xa0, 0xa3, 0xa4, 0xa5, 0x88]);
/** Octets of a serial number that are printed before OpenSSL breaks the line. */
const SERIAL_LINE = 35;

/** Names that a certificate is good for besides its subject's; a kind without a name is empty. */
export interface AlternativeNames {
  readonly dns: string[];
  readonly uri: string[];
  readonly email: string[];
  readonly ip: string[];
}

export interface Certificate {
  /** Octets that are the certificate; what follows them is none of it. */
  readonly size: number;
  /** From 1. */
  readonly version: number;
  /** Upper-case hex. */
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: PublicKey;
  /** OpenSSL's name; empty where it has none. */
  readonly signatureAlgorithm: string;
  readonly names: AlternativeNames | undefined;
  readonly constraints: { readonly ca: boolean; readonly pathLength?: number } | undefined;
}

type Extensions = Pick<Certificate, 'names' | 'constraints'>;
type Signed = Omit<Certificate, 'size' | 'signatureAlgorithm'>;

/**
 * Reads a certificate (RFC 5280) at the start of `bytes`. `undefined` when it is none: what OpenSSL refuses is refused
 * here too. An extension that is broken in itself is left out. Nothing is verified.
 */
export function readCertificate(bytes: Uint8Array): Certificate | undefined {
  const whole = new DerReader(bytes, 0, bytes.length).take(Tag.SEQUENCE);
  if (whole === undefined) return undefined;
  const reader = DerReader.within(bytes, whole);
  const content = reader.take(Tag.SEQUENCE);
  const algorithm = reader.take(Tag.SEQUENCE);
  const signature = reader.take(Tag.BIT_STRING);
  if (content === undefined || algorithm === undefined || signature === undefined || !reader.isAtEnd) return undefined;
  const identifier = readIdentifier(DerReader.within(bytes, algorithm));
  const signed = readSigned(DerReader.within(bytes, content));
  if (identifier === undefined || signed === undefined) return undefined;
  return { ...signed, size: whole.to, signatureAlgorithm: algorithmNames.get(identifier) ?? '' };
}

function readSigned(reader: DerReader): Signed | undefined {
  const { bytes } = reader;
  const version = readVersion(bytes, reader.take(VERSION));
  const serial = readSerial(bytes, reader.take(Tag.INTEGER));
  const algorithm = reader.take(Tag.SEQUENCE);
  const issuer = read(reader, readName);
  const validity = read(reader, readValidity);
  const subject = read(reader, readName);
  const key = read(reader, readPublicKey);
  if (version === undefined || serial === undefined || algorithm === undefined) return undefined;
  if (issuer === undefined || validity === undefined || subject === undefined || key === undefined) return undefined;
  reader.take(ISSUER_ID);
  reader.take(SUBJECT_ID);
  const list = reader.take(EXTENSIONS);
  if (!reader.isAtEnd) return undefined;
  const extensions = list === undefined ? none : readExtensions(bytes, list);
  return extensions && { version, serial, issuer, subject, key, ...validity, ...extensions };
}

const none: Extensions = { names: undefined, constraints: undefined };

/** The sequence at hand, by who knows its kind. */
function read<T>(reader: DerReader, kind: (bytes: Uint8Array, element: Element) => T | undefined): T | undefined {
  const element = reader.take(Tag.SEQUENCE);
  return element && kind(reader.bytes, element);
}

/** The version, which is counted from 0 on the wire and left out when it is that. */
function readVersion(bytes: Uint8Array, element: Element | undefined): number | undefined {
  if (element === undefined) return 1;
  const value = DerReader.within(bytes, element).take(Tag.INTEGER);
  if (value === undefined || value.to - value.from !== 1) return undefined;
  return bytes[value.from]! + 1;
}

function readSerial(bytes: Uint8Array, element: Element | undefined): string | undefined {
  if (element === undefined || element.to <= element.from) return undefined;
  const [first, second] = bytes.subarray(element.from, Math.min(element.to, element.from + 2));
  // The shortest form only: no octet in front that says nothing but the sign.
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) return undefined;
  const { isNegative, octets } = integer(bytes, element.from, element.to);
  if (octets.length === 0) return '00';
  let text = isNegative ? '-' : '';
  for (const [i, octet] of octets.entries()) {
    if (i > 0 && i % SERIAL_LINE === 0) text += '\\\n';
    text += octet.toString(16).toUpperCase().padStart(2, '0');
  }
  return text;
}

function readValidity(bytes: Uint8Array, element: Element): { notBefore: number; notAfter: number } | undefined {
  const reader = DerReader.within(bytes, element);
  const before = reader.take(Tag.UTC_TIME) ?? reader.take(Tag.GENERALIZED_TIME);
  const after = reader.take(Tag.UTC_TIME) ?? reader.take(Tag.GENERALIZED_TIME);
  if (before === undefined || after === undefined || !reader.isAtEnd) return undefined;
  return { notBefore: readTime(bytes, before), notAfter: readTime(bytes, after) };
}

/** All extensions; of several of one kind the last that can be read counts. */
function readExtensions(bytes: Uint8Array, list: Element): Extensions | undefined {
  const outer = DerReader.within(bytes, list);
  const sequence = outer.take(Tag.SEQUENCE);
  if (sequence === undefined || !outer.isAtEnd) return undefined;
  let { names, constraints } = none;
  const reader = DerReader.within(bytes, sequence);
  while (!reader.isAtEnd) {
    const extension = reader.take(Tag.SEQUENCE);
    if (extension === undefined) return undefined;
    const fields = DerReader.within(bytes, extension);
    const identifier = readIdentifier(fields);
    fields.take(Tag.BOOLEAN);
    const value = fields.take(Tag.OCTET_STRING);
    if (identifier === undefined || value === undefined || !fields.isAtEnd) return undefined;
    const content = DerReader.within(bytes, value);
    if (identifier === SUBJECT_ALTERNATIVE_NAME) names = read(content, readNames) ?? names;
    else if (identifier === BASIC_CONSTRAINTS) constraints = read(content, readConstraints) ?? constraints;
  }
  return { names, constraints };
}

function readNames(bytes: Uint8Array, element: Element): AlternativeNames | undefined {
  const names: AlternativeNames = { dns: [], uri: [], email: [], ip: [] };
  const reader = DerReader.within(bytes, element);
  while (!reader.isAtEnd) {
    const name = reader.next();
    if (name === undefined) return undefined;
    const text = (): string => byteText(bytes, name.from, name.to);
    if (name.tag === DNS) names.dns.push(text());
    else if (name.tag === URI) names.uri.push(text());
    else if (name.tag === EMAIL) names.email.push(text());
    else if (name.tag === ADDRESS) names.ip.push(...readAddress(bytes, name));
    else if (!otherNames.has(name.tag)) return undefined;
  }
  return names;
}

/** An address of four or sixteen octets; none of any other length. */
function readAddress(bytes: Uint8Array, { from, to }: Element): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, to - from);
  if (to - from === 4) return [formatAddress(Uint32Array.of(0, 0, 0xffff, view.getUint32(0)))];
  if (to - from !== 16) return [];
  return [formatAddress(Uint32Array.of(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)))];
}

function readConstraints(bytes: Uint8Array, element: Element): NonNullable<Certificate['constraints']> | undefined {
  const reader = DerReader.within(bytes, element);
  const flag = reader.take(Tag.BOOLEAN);
  const path = reader.take(Tag.INTEGER);
  if (!reader.isAtEnd || (flag !== undefined && flag.to - flag.from !== 1)) return undefined;
  const ca = flag !== undefined && bytes[flag.from] !== 0;
  if (path === undefined) return { ca };
  const { isNegative, octets } = integer(bytes, path.from, path.to);
  if (isNegative || octets.length > 4) return { ca };
  let pathLength = 0;
  for (const octet of octets) pathLength = pathLength * 256 + octet;
  return { ca, pathLength };
}
