/** Frames that carry no IP packet and are nevertheless understood: counted by kind, and in no list. */
export const LinkKind = {
  NONE: 0,
  ARP: 1,
  STP: 2,
  LLC: 3,
  PPPOE_DISCOVERY: 4,
  PPP_CONTROL: 5,
  WLAN_MANAGEMENT: 6,
  WLAN_CONTROL: 7,
  WLAN_EMPTY: 8,
} as const;

/** Names by number, as counters carry them. */
export const linkKinds = [
  '',
  'arp',
  'stp',
  'llc',
  'pppoeDiscovery',
  'pppControl',
  'wlanManagement',
  'wlanControl',
  'wlanEmpty',
] as const;
