/** EtherTypes (IEEE; RFC 9542) that are looked into. */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  TRANSPARENT_BRIDGING: 0x6558,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  PPP: 0x880b,
  MPLS: 0x8847,
  MPLS_UPSTREAM: 0x8848,
  PPPOE_DISCOVERY: 0x8863,
  PPPOE_SESSION: 0x8864,
  QINQ: 0x88a8,
  ERSPAN_II: 0x88be,
  ERSPAN_III: 0x22eb,
  QINQ_OLD: 0x9100,
  QINQ_OLDER: 0x9200,
} as const;

/** IP protocol numbers (IANA), extension headers included. */
export const IpProtocol = {
  HOP_BY_HOP: 0,
  ICMP: 1,
  IGMP: 2,
  IPV4: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  ROUTING: 43,
  FRAGMENT: 44,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPV6: 58,
  NO_NEXT: 59,
  DESTINATION: 60,
  SCTP: 132,
  MOBILITY: 135,
  HIP: 139,
  SHIM6: 140,
} as const;

/** PPP protocols (RFC 1661). */
export const PppProtocol = { IPV4: 0x0021, IPV6: 0x0057, MPLS: 0x0281, MPLS_MULTICAST: 0x0283, LCP: 0xc021 } as const;

/** TCP's control bits (RFC 9293, section 3.1). */
export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

/** UDP ports by which tunnels are known. */
export const TunnelPort = { GTP_U: 2152, TEREDO: 3544, VXLAN: 4789, GENEVE: 6081 } as const;
