import { byteText } from '../../../core/dns/byteText.ts';
import { fieldName, skipBlanks, token } from './tokens.ts';

/** A header line, unfolded. */
export class Header {
  /** In upper case. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where the value begins; it goes to the end. */
  readonly from: number;
  readonly to: number;
  #token: { text: string; to: number } | undefined;
  #isTokenRead = false;

  private constructor(name: string, bytes: Uint8Array, from: number, to: number) {
    this.name = name;
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  /** Reads `bytes[0 .. length)`; undefined where it is none. */
  static read(bytes: Uint8Array, length: number): Header | undefined {
    const name = fieldName(bytes, 0, length);
    if (name === undefined) return undefined;
    let at = skipBlanks(bytes, name.to, length);
    if (at >= length || bytes[at] !== 0x3a) return undefined;
    at++;
    while (at < length && isSpace(bytes[at]!)) at++;
    return new Header(latin1(bytes, name.from, name.to).toUpperCase(), bytes, at, length);
  }

  get value(): string {
    return byteText(this.bytes, this.from, this.to);
  }

  /** The value's first token, in lower case; empty when it has none. */
  get firstToken(): string {
    return (this.#first()?.text ?? '').toLowerCase();
  }

  /** The value's octets behind its first token, one character each. */
  get afterToken(): string {
    const first = this.#first();
    return first === undefined ? '' : latin1(this.bytes, first.to, this.to);
  }

  /** The first token as it was sent. */
  get rawToken(): string {
    return this.#first()?.text ?? '';
  }

  #first(): { text: string; to: number } | undefined {
    if (this.#isTokenRead) return this.#token;
    this.#isTokenRead = true;
    const span = token(this.bytes, this.from, this.to);
    if (span !== undefined) this.#token = { text: latin1(this.bytes, span.from, span.to), to: span.to };
    return this.#token;
  }
}

/** A Buffer's own way to text works on any octets. */
const slice: (this: Uint8Array, from: number, to: number) => string = Reflect.get(Buffer.prototype, 'latin1Slice');

/** Octets as characters, one each. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  // Without a Buffer for each text, which costs more than the text.
  return slice.call(bytes, from, to);
}

function isSpace(octet: number): boolean {
  return octet === 0x20 || (octet >= 0x09 && octet <= 0x0d);
}
