import { IpProtocol } from './numbers.ts';
import type { PacketFields } from './fields.ts';
import { gre } from './gre.ts';
import { icmp, icmpv6 } from './icmp.ts';
import { Layer } from './layer.ts';
import { sctp } from './sctp.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';

/** Chooses by the IP protocol. A protocol that is not looked into is a flow of its addresses, with ports 0. */
export function transport(fields: PacketFields): number {
  fields.transportOffset = fields.pos;
  fields.payloadCaptured = fields.end - fields.pos;
  switch (fields.protocol) {
    case IpProtocol.TCP:
      return tcp(fields);
    case IpProtocol.UDP:
      return udp(fields);
    case IpProtocol.ICMP:
      return icmp(fields);
    case IpProtocol.ICMPV6:
      return icmpv6(fields);
    case IpProtocol.SCTP:
      return sctp(fields);
    case IpProtocol.GRE:
      fields.transport = 1;
      return gre(fields);
    case IpProtocol.IPV4:
      fields.transport = 1;
      return Layer.IPV4;
    case IpProtocol.IPV6:
      fields.transport = 1;
      return Layer.IPV6;
    default:
      fields.transport = 1;
      return Layer.DONE;
  }
}
