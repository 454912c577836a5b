/**
 * Community ID, version 1 (https://github.com/corelight/community-id-spec): "1:" and the base64 of a SHA-1 over the
 * flow's key in a fixed order. Hashing is the caller's, since nothing in this folder may call the outside world.
 */
import { IpProtocol } from './numbers.ts';
import { isIpv4 } from './address.ts';
import { icmpCounterpart } from './icmp.ts';

/** Room for the longest input: seed, two IPv6 addresses, protocol, padding, two ports. */
export const COMMUNITY_ID_BYTES = 40;

/**
 * Writes what is to be hashed to `into` and answers its length. `words[a .. a + 4)` is one end's address, `words[b ..)`
 * the other's; `portA` and `portB` are their ports, or of ICMP what the *sender's* message gave (`fromA`: A sent it): its
 * type for the sender, the answer's type or the code for the receiver. The order of the ends does not matter, except of
 * ICMP messages that have no answer. The seed is 0.
 *
 * Where both addresses are equal (loopback) the smaller port comes first. With `zeekOrder` it is the one whose bytes
 * swapped are smaller: what Zeek 8 does on the usual processors, so that its identifiers and ours agree.
 */
export function communityIdInput(
  into: Uint8Array,
  words: Uint32Array,
  a: number,
  b: number,
  portA: number,
  portB: number,
  protocol: number,
  fromA: boolean,
  zeekOrder = false,
): number {
  const isV4 = isIpv4(words, a) && isIpv4(words, b);
  const isIcmp = protocol === IpProtocol.ICMP || protocol === IpProtocol.ICMPV6;
  const hasPorts = isIcmp || protocol === IpProtocol.TCP || protocol === IpProtocol.UDP || protocol === IpProtocol.SCTP;
  const isOneWay = isIcmp && icmpCounterpart(protocol === IpProtocol.ICMP ? 4 : 6, fromA ? portA : portB) < 0;
  const isAFirst = isOneWay
    ? fromA
    : zeekOrder
      ? comesFirst(words, a, b, swap(portA), swap(portB))
      : comesFirst(words, a, b, portA, portB);
  const first = isAFirst ? a : b;
  const second = isAFirst ? b : a;
  let at = 0;
  const put16 = (value: number): void => {
    into[at++] = value >>> 8;
    into[at++] = value & 255;
  };
  const putAddress = (from: number): void => {
    for (let i = isV4 ? 3 : 0; i < 4; i++) {
      put16(words[from + i]! >>> 16);
      put16(words[from + i]! & 0xffff);
    }
  };
  put16(0);
  putAddress(first);
  putAddress(second);
  into[at++] = protocol;
  into[at++] = 0;
  if (hasPorts) {
    put16(isAFirst ? portA : portB);
    put16(isAFirst ? portB : portA);
  }
  return at;
}

/** The identifier from the base64 of the SHA-1 of the input. */
export function communityIdText(base64: string): string {
  return `1:${base64}`;
}

function comesFirst(words: Uint32Array, a: number, b: number, portA: number, portB: number): boolean {
  for (let i = 0; i < 4; i++) {
    if (words[a + i] !== words[b + i]) return words[a + i]! < words[b + i]!;
  }
  return portA <= portB;
}

function swap(port: number): number {
  return ((port & 0xff) << 8) | (port >>> 8);
}
