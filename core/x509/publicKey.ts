import { algorithmNames } from './algorithms.ts';
import { curves } from './curves.ts';
import { bitLength, decimal, DerReader, objectIdentifier, Tag, type Element } from './der.ts';

/** What is told of a certificate's key (RFC 5280, 4.1.2.7). */
export interface PublicKey {
  /** OpenSSL's name of its algorithm; digits and dots where it has none. */
  readonly algorithm: string;
  /** Absent of a key that is none of the three, or is broken. */
  readonly type?: 'rsa' | 'dsa' | 'ecdsa';
  /** In bits. */
  readonly length?: number;
  /** Of an RSA key, in decimal. */
  readonly exponent?: string;
  readonly curve?: string;
}

/** Old servers of remote desktops name the key's algorithm as a signature's: it is RSA all the same. */
const rsaIdentifiers: ReadonlySet<string> = new Set(['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.4', '2.5.8.1.1']);
const dsaIdentifiers: ReadonlySet<string> = new Set(['1.2.840.10040.4.1', '1.3.14.3.2.12']);
const EC_IDENTIFIER = '1.2.840.10045.2.1';
/** An exponent that is printed is no longer than this; more is an attack, not a key. */
const MOST_EXPONENT_OCTETS = 512;

/** Reads a SubjectPublicKeyInfo; `undefined` when it is none. A key that can't be read leaves its algorithm alone. */
export function readPublicKey(bytes: Uint8Array, info: Element): PublicKey | undefined {
  const reader = DerReader.within(bytes, info);
  const algorithm = reader.take(Tag.SEQUENCE);
  const key = reader.take(Tag.BIT_STRING);
  if (algorithm === undefined || key === undefined || key.to <= key.from || !reader.isAtEnd) return undefined;
  const fields = DerReader.within(bytes, algorithm);
  const identifier = readIdentifier(fields);
  if (identifier === undefined) return undefined;
  const parameters = fields.next();
  const name = algorithmNames.get(identifier) ?? identifier;
  // The first octet of a bit string counts the bits at its end that are none of it.
  const content = new DerReader(bytes, key.from + 1, key.to);
  if (rsaIdentifiers.has(identifier)) return { algorithm: name, ...readRsa(content) };
  if (dsaIdentifiers.has(identifier)) return { algorithm: name, type: 'dsa', ...readDsa(bytes, parameters) };
  if (identifier === EC_IDENTIFIER && !content.isAtEnd) return { algorithm: name, ...readCurve(bytes, parameters) };
  return { algorithm: name };
}

/** The object identifier at hand, as digits and dots. */
export function readIdentifier(reader: DerReader): string | undefined {
  const element = reader.take(Tag.OBJECT_IDENTIFIER);
  return element && objectIdentifier(reader.bytes, element.from, element.to);
}

function readRsa(content: DerReader): Pick<PublicKey, 'type' | 'length' | 'exponent'> {
  const sequence = content.take(Tag.SEQUENCE);
  if (sequence === undefined) return {};
  const numbers = DerReader.within(content.bytes, sequence);
  const modulus = unsigned(numbers);
  const exponent = unsigned(numbers);
  if (modulus === undefined || exponent === undefined || exponent.length > MOST_EXPONENT_OCTETS) return {};
  return { type: 'rsa', length: bitLength(modulus), exponent: decimal(exponent) };
}

function readDsa(bytes: Uint8Array, parameters: Element | undefined): Pick<PublicKey, 'length'> {
  if (parameters?.tag !== Tag.SEQUENCE) return {};
  const prime = unsigned(DerReader.within(bytes, parameters));
  return prime === undefined ? {} : { length: bitLength(prime) };
}

function readCurve(bytes: Uint8Array, parameters: Element | undefined): Pick<PublicKey, 'type' | 'length' | 'curve'> {
  if (parameters?.tag === Tag.SEQUENCE) return { type: 'ecdsa', ...readOrder(bytes, parameters) };
  if (parameters?.tag !== Tag.OBJECT_IDENTIFIER) return {};
  const curve = curves.get(objectIdentifier(bytes, parameters.from, parameters.to) ?? '');
  return curve === undefined ? {} : { type: 'ecdsa', length: curve.bits, curve: curve.name };
}

/** A curve told by its numbers (RFC 3279, 2.3.5): version, field, curve, base, order. */
function readOrder(bytes: Uint8Array, parameters: Element): Pick<PublicKey, 'length'> {
  const reader = DerReader.within(bytes, parameters);
  for (let i = 0; i < 4; i++) reader.next();
  const order = unsigned(reader);
  return order === undefined ? {} : { length: bitLength(order) };
}

/** The integer at hand without zeros before it; a key's numbers have no sign. */
function unsigned(reader: DerReader): Uint8Array | undefined {
  const element = reader.take(Tag.INTEGER);
  if (element === undefined) return undefined;
  let { from } = element;
  while (from < element.to && reader.bytes[from] === 0) from++;
  return reader.bytes.subarray(from, element.to);
}
