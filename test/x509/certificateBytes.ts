/** Certificates as bytes, made part by part (X.690; RFC 5280). Signatures are none. */
export type Octets = readonly number[];

export function element(tag: number, ...parts: readonly Octets[]): number[] {
  const content = parts.flat();
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  if (length < 0x100) return [tag, 0x81, length, ...content];
  return [tag, 0x82, length >> 8, length & 255, ...content];
}

export const sequence = (...parts: readonly Octets[]): number[] => element(0x30, ...parts);
export const set = (...parts: readonly Octets[]): number[] => element(0x31, ...parts);
export const integer = (...octets: number[]): number[] => element(0x02, octets);
export const bitString = (...parts: readonly Octets[]): number[] => element(0x03, [0], ...parts);
export const text = (characters: string): number[] => [...Buffer.from(characters, 'latin1')];
export const utf8 = (characters: string): number[] => element(0x0c, [...Buffer.from(characters, 'utf8')]);
export const printable = (characters: string): number[] => element(0x13, text(characters));
export const utcTime = (characters: string): number[] => element(0x17, text(characters));
export const generalizedTime = (characters: string): number[] => element(0x18, text(characters));

export function oid(dotted: string): number[] {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let high = Math.floor(part / 128); high > 0; high = Math.floor(high / 128))
      groups.unshift((high & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, octets);
}

/** A name of pairs of type and value, each in a set of its own. */
export const name = (...pairs: readonly (readonly [string, Octets])[]): number[] =>
  sequence(...pairs.map(([type, value]) => set(sequence(oid(type), value))));

export const algorithm = (dotted: string, parameters: Octets = [5, 0]): number[] => sequence(oid(dotted), parameters);

export const rsaKey = (modulus: Octets, exponent: Octets): number[] =>
  sequence(algorithm('1.2.840.113549.1.1.1'), bitString(sequence(element(2, modulus), element(2, exponent))));

export const extension = (dotted: string, value: Octets): number[] => sequence(oid(dotted), element(4, value));
export const alternativeNames = (...names: readonly Octets[]): number[] => extension('2.5.29.17', sequence(...names));
export const basicConstraints = (...parts: readonly Octets[]): number[] => extension('2.5.29.19', sequence(...parts));
export const hostName = (host: string): number[] => element(0x82, text(host));

export interface Parts {
  version?: Octets;
  serial?: Octets;
  signature?: Octets;
  issuer?: Octets;
  notBefore?: Octets;
  notAfter?: Octets;
  subject?: Octets;
  key?: Octets;
  extensions?: readonly Octets[];
  /** What follows the extensions inside of what is signed. */
  rest?: Octets;
}

const COMMON_NAME = '2.5.4.3';
export const modulus: Octets = [0, 0xc0, ...Array.from({ length: 127 }, (_none, i) => i)];

export function certificate(parts: Parts = {}): Uint8Array {
  const signature = parts.signature ?? algorithm('1.2.840.113549.1.1.11');
  const { extensions } = parts;
  const signed = sequence(
    parts.version ?? element(0xa0, integer(2)),
    parts.serial ?? integer(1, 2, 3),
    signature,
    parts.issuer ?? name([COMMON_NAME, printable('Issuer')]),
    sequence(parts.notBefore ?? utcTime('200102030405Z'), parts.notAfter ?? utcTime('300102030405Z')),
    parts.subject ?? name([COMMON_NAME, printable('host.example')]),
    parts.key ?? rsaKey(modulus, [1, 0, 1]),
    extensions === undefined ? [] : element(0xa3, sequence(...extensions)),
    parts.rest ?? [],
  );
  return Uint8Array.from(sequence(signed, signature, bitString([1, 2, 3])));
}
