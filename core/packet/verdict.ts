/**
 * What is wrong with a packet, as a value and never as an exception.
 *
 * - `truncated`: a header was cut by the snap length; on the wire the packet went on.
 * - `malformed`: a header contradicts itself or the lengths around it.
 * - `unsupported`: well formed as far as looked at, but of a kind that is not decoded.
 *
 * A packet gets at most one verdict, of the first header that failed; what was decoded before it still counts.
 */
export const Verdict = { NONE: 0, TRUNCATED: 1, MALFORMED: 2, UNSUPPORTED: 3 } as const;

export const verdictNames = ['', 'truncated', 'malformed', 'unsupported'] as const;

/** Layers whose header can end too early. Each has two reasons: `NAME.short` (malformed) and `NAME.truncated`. */
const layers = [
  'ethernet',
  'vlan',
  'llc',
  'arp',
  'mpls',
  'ppp',
  'pppoe',
  'ipv4',
  'ipv6',
  'ipv6ext',
  'tcp',
  'udp',
  'icmp',
  'icmpv6',
  'sctp',
  'gre',
  'erspan',
  'vxlan',
  'geneve',
  'gtp',
  'teredo',
  'sll',
  'sll2',
  'null',
  'nflog',
  'radiotap',
  'ieee80211',
] as const;

/** `NAME.short` of each layer; the reason after it is `NAME.truncated`. */
export const Short = {
  ETHERNET: 1,
  VLAN: 3,
  LLC: 5,
  ARP: 7,
  MPLS: 9,
  PPP: 11,
  PPPOE: 13,
  IPV4: 15,
  IPV6: 17,
  IPV6EXT: 19,
  TCP: 21,
  UDP: 23,
  ICMP: 25,
  ICMPV6: 27,
  SCTP: 29,
  GRE: 31,
  ERSPAN: 33,
  VXLAN: 35,
  GENEVE: 37,
  GTP: 39,
  TEREDO: 41,
  SLL: 43,
  SLL2: 45,
  NULL: 47,
  NFLOG: 49,
  RADIOTAP: 51,
  IEEE80211: 53,
} as const;

/** Reasons of one layer each that are not about a header's end. */
export const Reason = {
  NONE: 0,
  LINK_TYPE: 55,
  ETHERNET_TYPE: 56,
  VLAN_DEPTH: 57,
  MPLS_DEPTH: 58,
  MPLS_PAYLOAD: 59,
  PPP_PROTOCOL: 60,
  PPPOE_HEADER: 61,
  PPPOE_LENGTH: 62,
  IPV4_VERSION: 63,
  IPV4_IHL: 64,
  IPV4_LENGTH: 65,
  IPV4_TOTAL: 66,
  IPV6_VERSION: 67,
  IPV6_LENGTH: 68,
  IPV6_HEADERS: 69,
  TCP_OFFSET: 70,
  UDP_LENGTH: 71,
  GRE_VERSION: 72,
  GRE_ROUTING: 73,
  GRE_PROTOCOL: 74,
  TUNNEL_DEPTH: 75,
  SLL_PROTOCOL: 76,
  NULL_FAMILY: 77,
  NFLOG_VERSION: 78,
  NFLOG_FAMILY: 79,
  NFLOG_PAYLOAD: 80,
  RADIOTAP_LENGTH: 81,
  IEEE80211_PROTECTED: 82,
  IEEE80211_TYPE: 83,
  ARP_LENGTH: 84,
  FRAGMENT_TEARDROP: 85,
  FRAGMENT_TINY: 86,
  FRAGMENT_LENGTH: 87,
  FRAGMENT_TRUNCATED: 88,
  FRAGMENT_LIMIT: 89,
  RAW_VERSION: 90,
  CHECKSUM_IPV4: 91,
  CHECKSUM_TCP: 92,
  CHECKSUM_UDP: 93,
  CHECKSUM_ICMP: 94,
} as const;

const others: readonly (readonly [string, number])[] = [
  ['linkType', Verdict.UNSUPPORTED],
  ['ethernet.type', Verdict.UNSUPPORTED],
  ['vlan.depth', Verdict.UNSUPPORTED],
  ['mpls.depth', Verdict.UNSUPPORTED],
  ['mpls.payload', Verdict.UNSUPPORTED],
  ['ppp.protocol', Verdict.UNSUPPORTED],
  ['pppoe.header', Verdict.MALFORMED],
  ['pppoe.length', Verdict.MALFORMED],
  ['ipv4.version', Verdict.MALFORMED],
  ['ipv4.ihl', Verdict.MALFORMED],
  ['ipv4.length', Verdict.MALFORMED],
  ['ipv4.total', Verdict.MALFORMED],
  ['ipv6.version', Verdict.MALFORMED],
  ['ipv6.length', Verdict.MALFORMED],
  ['ipv6.headers', Verdict.UNSUPPORTED],
  ['tcp.offset', Verdict.MALFORMED],
  ['udp.length', Verdict.MALFORMED],
  ['gre.version', Verdict.UNSUPPORTED],
  ['gre.routing', Verdict.UNSUPPORTED],
  ['gre.protocol', Verdict.UNSUPPORTED],
  ['tunnel.depth', Verdict.UNSUPPORTED],
  ['sll.protocol', Verdict.UNSUPPORTED],
  ['null.family', Verdict.UNSUPPORTED],
  ['nflog.version', Verdict.UNSUPPORTED],
  ['nflog.family', Verdict.UNSUPPORTED],
  ['nflog.payload', Verdict.MALFORMED],
  ['radiotap.length', Verdict.MALFORMED],
  ['ieee80211.protected', Verdict.UNSUPPORTED],
  ['ieee80211.type', Verdict.UNSUPPORTED],
  ['arp.length', Verdict.MALFORMED],
  ['fragment.teardrop', Verdict.MALFORMED],
  ['fragment.tiny', Verdict.MALFORMED],
  ['fragment.length', Verdict.MALFORMED],
  ['fragment.truncated', Verdict.TRUNCATED],
  ['fragment.limit', Verdict.UNSUPPORTED],
  ['raw.version', Verdict.MALFORMED],
  ['ipv4.checksum', Verdict.MALFORMED],
  ['tcp.checksum', Verdict.MALFORMED],
  ['udp.checksum', Verdict.MALFORMED],
  ['icmp.checksum', Verdict.MALFORMED],
];

/** Every reason, by number: its name as printed, and the verdict it belongs to. */
export const reasons: readonly { readonly name: string; readonly verdict: number }[] = [
  { name: '', verdict: Verdict.NONE },
  ...layers.flatMap((layer) => [
    { name: `${layer}.short`, verdict: Verdict.MALFORMED },
    { name: `${layer}.truncated`, verdict: Verdict.TRUNCATED },
  ]),
  ...others.map(([name, verdict]) => ({ name, verdict })),
];

/** The verdict of each reason, for the hot path. */
export const verdictOfReason: Uint8Array = Uint8Array.from(reasons, (reason) => reason.verdict);
