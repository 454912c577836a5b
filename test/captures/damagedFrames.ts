import { EtherType, IpProtocol } from '../../core/packet/numbers.ts';
import { ethernet, vlan } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { ipv6 } from '../../core/packet/build/ipv6.ts';
import { tcp, udp } from '../../core/packet/build/transport.ts';
import type { Random } from './random.ts';

const addresses = { source: '10.9.0.1', destination: '10.9.0.2' };

function withOctet(frame: Uint8Array, at: number, value: number): Uint8Array {
  frame[at] = value;
  return frame;
}

/** Whole frames that lie about themselves, one kind each call. */
export function damagedFrame(random: Random): Uint8Array {
  const segment = tcp({ sourcePort: 1, destinationPort: 2 });
  const inside = { ...addresses, protocol: IpProtocol.TCP };
  switch (random.below(10)) {
    case 0: // IHL of 4 words
      return withOctet(ethernet({}, ipv4(inside, segment)), 14, 0x44);
    case 1: // total length beyond the frame, and shorter than the header
      return ethernet({}, ipv4({ ...inside, totalLength: 9000 }, segment));
    case 2:
      return ethernet({}, ipv4({ ...inside, totalLength: 12 }, segment));
    case 3: // neither version 4 nor 6
      return withOctet(ethernet({ type: EtherType.IPV4 }, ipv4(inside, segment)), 14, 0x75);
    case 4: // TCP's data offset of 2 words
      return withOctet(ethernet({}, ipv4(inside, segment)), 46, 0x20);
    case 5: // UDP's length below its header
      return ethernet(
        {},
        ipv4({ ...addresses, protocol: IpProtocol.UDP }, udp({ sourcePort: 1, destinationPort: 2, length: 3 })),
      );
    case 6: // IPv6 payload beyond the frame
      return ethernet(
        {},
        ipv6({ source: '2001:db8::1', destination: '2001:db8::2', protocol: 6, payloadLength: 5000 }, segment),
      );
    case 7: // a tag that is cut
      return ethernet({ type: EtherType.VLAN }, vlan({ id: 1 }, []).subarray(0, 3));
    case 8: // no room for an Ethernet header
      return random.bytes(random.below(14));
    default: // noise behind a good Ethertype
      return ethernet(
        { type: random.pick([EtherType.IPV4, EtherType.IPV6, EtherType.ARP, EtherType.MPLS]) },
        random.bytes(random.below(120)),
      );
  }
}
