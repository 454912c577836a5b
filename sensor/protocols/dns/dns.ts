import { DnsMessage } from '../../../core/dns/message.ts';
import type { DatagramProtocol, Protocol, StreamProtocol } from '../protocol.ts';
import { DnsDatagramAnalyser } from './datagramAnalyser.ts';
import type { DnsSubscriber } from './exchange.ts';
import { recogniseDatagram, recogniseStream } from './recognition.ts';
import { type DnsCounters, DnsShared } from './shared.ts';
import { DnsStreamAnalyser } from './streamAnalyser.ts';

/** Responder's ports: DNS, NetBIOS names, mDNS, LLMNR. */
const udpPorts: readonly number[] = [53, 137, 5353, 5355];
const tcpPorts: readonly number[] = [53];

/** Where DNS is looked for beside its usual ports. */
export type DnsPlaces = Pick<DnsOptions, 'morePorts' | 'byContent'>;

export interface DnsOptions {
  /** Ports at which it is expected, in place of 53, 137, 5353 and 5355 (UDP) and 53 (TCP). */
  udpPorts?: readonly number[];
  tcpPorts?: readonly number[];
  /** Ports beside these, of both. */
  morePorts?: readonly number[];
  /** Whether it is found at other ports too, by content. Zeek does not do it, so it is not the default. */
  byContent?: boolean;
  /** Who is told of exchanges. */
  subscribers?: readonly DnsSubscriber[];
  /** Whether rows of `dns.log` are made; they are if absent. */
  isLogged?: boolean;
}

/** DNS of one pipeline: its two protocols, and what they have in common. */
export class Dns {
  readonly udp: DatagramProtocol;
  readonly tcp: StreamProtocol;
  readonly #shared: DnsShared;

  constructor(options: DnsOptions = {}) {
    const shared = new DnsShared(options.subscribers ?? [], options.isLogged ?? true);
    this.#shared = shared;
    const message = new DnsMessage();
    const byContent = options.byContent ?? false;
    const more = options.morePorts ?? [];
    this.udp = {
      name: 'dns',
      transport: 'udp',
      ports: new Set([...(options.udpPorts ?? udpPorts), ...more]),
      ...(byContent && { recognise: (_isOrig, bytes, from, to) => recogniseDatagram(message, bytes, from, to) }),
      create: (flow) => new DnsDatagramAnalyser(flow, shared),
    };
    this.tcp = {
      name: 'dns',
      transport: 'tcp',
      ports: new Set([...(options.tcpPorts ?? tcpPorts), ...more]),
      ...(byContent && { recognise: (_isOrig, bytes, length) => recogniseStream(message, bytes, length) }),
      create: (flow) => new DnsStreamAnalyser(flow, shared),
    };
  }

  get counters(): DnsCounters {
    return this.#shared.counters;
  }

  /** What is held now. */
  get held(): { flows: number; messages: number; characters: number; octets: number } {
    const { sessions, waiting, characters, buffered } = this.#shared;
    return { flows: sessions, messages: waiting, characters, octets: buffered };
  }
}

/** DNS as protocols of a pipeline. */
export function createDns(options: DnsOptions = {}): Protocol[] {
  const { udp, tcp } = new Dns(options);
  return [udp, tcp];
}
