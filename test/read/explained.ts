/**
 * Where tshark counts otherwise, and why. What is not listed must be equal. A number is tshark's less ours.
 */
export interface Explained {
  why: string;
  /** Hosts that only tshark counts. */
  hosts?: readonly string[];
  tcp?: number;
  udp?: number;
}

export const explained: Readonly<Record<string, Explained>> = {
  'malcolm-test-artifacts__DNS.pcap': {
    why: 'six IP packets are longer than their frames (`ipv4.total`, `ipv6.length`): we count their addresses and believe no transport header; tshark reads on',
    udp: 6,
  },
  'ndpi__fuzz-2006-06-26-2594.pcap': {
    why: 'fuzzed: tshark reads transport headers of IP packets that are longer than their frames, and takes an IPv4 EtherType before a version 6 for IPv6; both are malformed here',
    hosts: ['8011:4af7:c0a8:102:c0a8:101:b0b:35', '34:4489:e530:100:1::'],
    tcp: 4,
    udp: 20,
  },
  'ndpi__ip_fragmented_garbage.pcap': {
    why: 'two reassembled TCP headers have an offset below 5 words (`tcp.offset`), so no ports are believed',
    tcp: 2,
  },
};
