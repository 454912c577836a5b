/** Ethertypes (IEEE; RFC 9542). */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  TRANSPARENT_BRIDGING: 0x6558,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  MPLS: 0x8847,
  PPPOE_DISCOVERY: 0x8863,
  PPPOE_SESSION: 0x8864,
  ERSPAN_II: 0x88be,
  QINQ: 0x88a8,
} as const;

/** IP protocol numbers (IANA), extension headers included. */
export const IpProtocol = {
  HOP_BY_HOP: 0,
  ICMP: 1,
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
} as const;

/** PPP protocols (RFC 1661). */
export const PppProtocol = { IPV4: 0x0021, IPV6: 0x0057, LCP: 0xc021 } as const;

/** TCP flags (RFC 9293, 3.1). */
export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

/** UDP ports of tunnels. */
export const TunnelPort = { GTP_U: 2152, TEREDO: 3544, VXLAN: 4789, GENEVE: 6081 } as const;
