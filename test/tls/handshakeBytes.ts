/** Makes octets of TLS, DTLS and QUIC's CRYPTO for tests. Lists of numbers are octets unless said otherwise. */

export function octets(...parts: (number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));
}

export function u16(...values: number[]): number[] {
  return values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]);
}

export function u24(value: number): number[] {
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

export function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}

function sized8(body: readonly number[]): number[] {
  return [body.length, ...body];
}

function sized16(body: readonly number[]): number[] {
  return [...u16(body.length), ...body];
}

export function extension(type: number, body: readonly number[]): number[] {
  return [...u16(type), ...sized16(body)];
}

export const serverName = (name: string): number[] => extension(0, sized16([0, ...sized16(text(name))]));
export const protocols = (...names: string[]): number[] =>
  extension(16, sized16(names.flatMap((name) => sized8(text(name)))));
export const groups = (...values: number[]): number[] => extension(10, sized16(u16(...values)));
export const pointFormats = (...values: number[]): number[] => extension(11, sized8(values));
export const algorithms = (...values: number[]): number[] => extension(13, sized16(u16(...values)));
export const versions = (...values: number[]): number[] => extension(43, sized8(u16(...values)));
export const selectedVersion = (value: number): number[] => extension(43, u16(value));
export const keyShare = (group: number): number[] => extension(51, [...u16(group), ...sized16([1, 2, 3, 4])]);
export const retryGroup = (group: number): number[] => extension(51, u16(group));
export const ticket = (...body: number[]): number[] => extension(35, body);

export interface HelloOptions {
  version?: number;
  sessionId?: readonly number[];
  cipherSuites?: readonly number[];
  extensions?: readonly (readonly number[])[];
  /** Of DTLS: the cookie. */
  cookie?: readonly number[];
  random?: readonly number[];
}

const random: readonly number[] = Array.from({ length: 32 }, (_, i) => i);
export const retryRandom: readonly number[] = [
  ...Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex'),
];

export function message(type: number, body: readonly number[]): number[] {
  return [type, ...u24(body.length), ...body];
}

export function clientHelloBody(options: HelloOptions = {}): number[] {
  const { version = 0x0303, sessionId = [], cipherSuites = [0xc02f], extensions = [], cookie } = options;
  return [
    ...u16(version),
    ...(options.random ?? random),
    ...sized8(sessionId),
    ...(cookie === undefined ? [] : sized8(cookie)),
    ...sized16(u16(...cipherSuites)),
    ...sized8([0]),
    ...(extensions.length === 0 ? [] : sized16(extensions.flat())),
  ];
}

export function serverHelloBody(options: HelloOptions = {}): number[] {
  const { version = 0x0303, sessionId = [], cipherSuites = [0xc02f], extensions = [] } = options;
  return [
    ...u16(version),
    ...(options.random ?? random),
    ...sized8(sessionId),
    ...u16(cipherSuites[0]!),
    0,
    ...(extensions.length === 0 ? [] : sized16(extensions.flat())),
  ];
}

export const clientHello = (options?: HelloOptions): number[] => message(1, clientHelloBody(options));
export const serverHello = (options?: HelloOptions): number[] => message(2, serverHelloBody(options));
export const certificates = (...list: readonly (readonly number[])[]): number[] => {
  const body = list.flatMap((one) => [...u24(one.length), ...one]);
  return message(11, [...u24(body.length), ...body]);
};
/** An ECDHE key exchange with a signature of four octets. */
export const keyExchange = (group: number): number[] =>
  message(12, [3, ...u16(group), ...sized8([9, 9, 9]), ...u16(0x0804), ...sized16([1, 2, 3, 4])]);
export const status = (response: readonly number[]): number[] => message(22, [1, ...u24(response.length), ...response]);
export const helloDone: readonly number[] = message(14, []);
export const clientKey: readonly number[] = message(16, [1, 2, 3]);

export function record(type: number, body: readonly number[], version = 0x0303): number[] {
  return [type, ...u16(version), ...sized16(body)];
}

export const handshake = (...messages: (readonly number[])[]): number[] => record(22, messages.flat());
export const changeCipherSpec: readonly number[] = record(20, [1]);
export const alert = (level: number, description: number): number[] => record(21, [level, description]);
export const data = (length: number): number[] =>
  record(
    23,
    Array.from({ length }, () => 0x5a),
  );
/** An encrypted Finished, as TLS 1.2 has it. */
export const finished: readonly number[] = record(
  22,
  Array.from({ length: 40 }, () => 0xa5),
);

/** A fragment of a DTLS message in a record. */
export function dtlsFragment(
  type: number,
  body: readonly number[],
  place: { sequence: number; from?: number; to?: number; record?: number },
): number[] {
  const { sequence, from = 0, to = body.length } = place;
  const content = [
    type,
    ...u24(body.length),
    ...u16(sequence),
    ...u24(from),
    ...u24(to - from),
    ...body.slice(from, to),
  ];
  return dtlsRecord(22, content, 0, place.record ?? sequence);
}

export function dtlsRecord(type: number, content: readonly number[], epoch = 0, sequence = 0): number[] {
  return [type, 0xfe, 0xfd, ...u16(epoch), 0, 0, ...u16(0, sequence), ...sized16(content)];
}
