/**
 * Link types: what the first byte of a frame means. Values are LINKTYPE_ values, as written in pcap and pcapng files
 * (https://www.tcpdump.org/linktypes.html); names are those of `pcap_datalink_val_to_name`.
 */
export const LinkType = {
  NULL: 0,
  EN10MB: 1,
  PPP: 9,
  RAW: 101,
  IEEE802_11: 105,
  LOOP: 108,
  LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
  IPV4: 228,
  IPV6: 229,
  NFLOG: 239,
  LINUX_SLL2: 276,
} as const;

/** Raw IP has numbers that differ by system: DLT_RAW is 12 on most and 14 on OpenBSD, and files with either exist. */
const rawAliases = [12, 14];

const names = new Map<number, string>([
  [LinkType.NULL, 'NULL'],
  [LinkType.EN10MB, 'EN10MB'],
  [LinkType.PPP, 'PPP'],
  [LinkType.RAW, 'RAW'],
  [LinkType.IEEE802_11, 'IEEE802_11'],
  [LinkType.LOOP, 'LOOP'],
  [LinkType.LINUX_SLL, 'LINUX_SLL'],
  [LinkType.IEEE802_11_RADIO, 'IEEE802_11_RADIO'],
  [LinkType.IPV4, 'IPV4'],
  [LinkType.IPV6, 'IPV6'],
  [LinkType.NFLOG, 'NFLOG'],
  [LinkType.LINUX_SLL2, 'LINUX_SLL2'],
]);

/** The LINKTYPE_ value for a value found in a file or given by the system. */
export function canonicalLinkType(value: number): number {
  return rawAliases.includes(value) ? LinkType.RAW : value;
}

/** libpcap's name of a link type, or `DLT n` for one that is not decoded here. */
export function linkTypeName(value: number): string {
  return names.get(value) ?? `DLT ${value}`;
}
