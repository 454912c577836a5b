import { byteText } from '../dns/byteText.ts';
import { hardwareAddress } from './hardwareAddress.ts';

/** Octets before the options (RFC 2131, 2), the cookie's place among them, and its value. */
const OPTIONS = 240;
export const COOKIE_AT = 236;
const COOKIE = 0x63825363;
const TRANSACTION_AT = 4;
const YOUR_ADDRESS_AT = 16;
const HARDWARE_AT = 28;
const HARDWARE_OCTETS = 16;

/** Options (RFC 2132; RFC 4702). */
const Option = {
  PAD: 0,
  HOST_NAME: 12,
  DOMAIN: 15,
  REQUESTED: 50,
  LEASE: 51,
  TYPE: 53,
  MESSAGE: 56,
  CLIENT_ID: 61,
  CLIENT_NAME: 81,
  END: 255,
} as const;
/** A client identifier of this kind is an Ethernet address. */
const ETHERNET = 1;
/** Octets of option 81 before the name. */
const NAME_FLAGS = 3;

/** A message of DHCP, as far as it is logged. Of an option that comes twice the last counts, but for the type. */
export interface DhcpMessage {
  readonly transaction: number;
  /** 0 when it is not told: BOOTP. */
  readonly type: number;
  /** Address that the server gives; `undefined` for none. */
  readonly given: string | undefined;
  /** The client's hardware address by the header, and by an identifier that is an Ethernet address. */
  readonly hardware: string;
  readonly identifier: string | undefined;
  readonly hostName: string | undefined;
  readonly clientName: string | undefined;
  readonly domain: string | undefined;
  readonly requested: string | undefined;
  /** Seconds. */
  readonly lease: number | undefined;
  readonly message: string | undefined;
}

/** Whether the datagram has DHCP's cookie where it belongs. */
export function hasCookie(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= OPTIONS && number32(bytes, from + COOKIE_AT) === COOKIE;
}

/** Reads the message `bytes[from .. to)`; `undefined` when it has no cookie or its options do not end. */
export function readMessage(bytes: Uint8Array, from: number, to: number): DhcpMessage | undefined {
  if (!hasCookie(bytes, from, to)) return undefined;
  const options = readOptions(bytes, from + OPTIONS, to);
  if (options === undefined) return undefined;
  const given = number32(bytes, from + YOUR_ADDRESS_AT);
  return {
    transaction: number32(bytes, from + TRANSACTION_AT),
    given: given === 0 ? undefined : address(given),
    hardware: hardwareAddress(bytes, from + HARDWARE_AT, from + HARDWARE_AT + HARDWARE_OCTETS),
    ...options,
  };
}

type Options = Omit<DhcpMessage, 'transaction' | 'given' | 'hardware'>;

function readOptions(bytes: Uint8Array, from: number, to: number): Options | undefined {
  const options: { -readonly [K in keyof Options]: Options[K] } = {
    type: 0,
    identifier: undefined,
    hostName: undefined,
    clientName: undefined,
    domain: undefined,
    requested: undefined,
    lease: undefined,
    message: undefined,
  };
  for (let at = from; at < to;) {
    const code = bytes[at++]!;
    if (code === Option.END) return options;
    if (code === Option.PAD) continue;
    if (at >= to) return undefined;
    const length = bytes[at++]!;
    const end = at + length;
    if (end > to) return undefined;
    switch (code) {
      case Option.TYPE:
        if (length > 0 && options.type === 0) options.type = bytes[at]!;
        break;
      case Option.HOST_NAME:
        options.hostName = byteText(bytes, at, end);
        break;
      case Option.DOMAIN:
        options.domain = byteText(bytes, at, endOfText(bytes, at, end));
        break;
      case Option.MESSAGE:
        options.message = byteText(bytes, at, end);
        break;
      case Option.REQUESTED:
        if (length >= 4) options.requested = address(number32(bytes, at));
        break;
      case Option.LEASE:
        if (length >= 4) options.lease = number32(bytes, at);
        break;
      case Option.CLIENT_ID:
        if (length === 0) return undefined;
        options.identifier = bytes[at] === ETHERNET ? hardwareAddress(bytes, at + 1, end) : undefined;
        break;
      case Option.CLIENT_NAME:
        if (length < NAME_FLAGS) return undefined;
        options.clientName = byteText(bytes, at + NAME_FLAGS, end);
        break;
    }
    at = end;
  }
  return undefined;
}

/** Where a text ends before zeros; with Zeek one of a single character is empty. */
function endOfText(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1] === 0) end--;
  return end - from === 1 ? from : end;
}

function number32(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 0x100_0000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

function address(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}
