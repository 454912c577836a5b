import { EtherType, IpProtocol, TcpFlag } from '../../core/packet/numbers.ts';
import { dns, DnsType } from '../../core/packet/build/dns.ts';
import { arp, ethernet, llcFrame } from '../../core/packet/build/ethernet.ts';
import { fragmentIpv4, ipv4 } from '../../core/packet/build/ipv4.ts';
import { fragmentIpv6, ipv6 } from '../../core/packet/build/ipv6.ts';
import { none, text } from '../../core/packet/build/octets.ts';
import { icmp, icmpv6, sctp, sctpChunk, tcp, udp } from '../../core/packet/build/transport.ts';
import type { CapturedPacket } from './captureBytes.ts';
import { damagedFrame } from './damagedFrames.ts';
import type { Encapsulation } from './encapsulation.ts';
import { linkEncapsulations, teredoEncapsulation, tunnelEncapsulations } from './encapsulation.ts';
import { Random } from './random.ts';

const nanosPerSecond = 1e9;
const clients = 400;
const servers = 150;
const links: readonly Encapsulation[] = Object.values(linkEncapsulations);
const tunnels: readonly Encapsulation[] = Object.values(tunnelEncapsulations);

interface Flow {
  version: 4 | 6;
  client: string;
  server: string;
  clientPort: number;
  encapsulation: Encapsulation;
  /** Nanoseconds from the capture's start. */
  clock: number;
  roundTrip: number;
}

/** Makes one conversation after another and keeps its packets; times overlap, so the packets have to be sorted at the end. */
export class Conversations {
  readonly packets: CapturedPacket[] = [];
  readonly #random: Random;
  readonly #startSeconds: number;
  readonly #spanNanos: number;
  readonly #meanPackets: number;
  readonly #mostPackets: number;
  #ipId = 1;

  constructor(options: {
    seed: number;
    startSeconds: number;
    seconds: number;
    meanPackets: number;
    mostPackets: number;
  }) {
    this.#random = new Random(options.seed);
    this.#startSeconds = options.startSeconds;
    this.#spanNanos = options.seconds * nanosPerSecond;
    this.#meanPackets = options.meanPackets;
    this.#mostPackets = options.mostPackets;
  }

  add(): void {
    const kind = this.#random.below(100);
    if (kind < 55) this.#tcp(this.#flow());
    else if (kind < 80) this.#dns(this.#flow());
    else if (kind < 86) this.#udp(this.#flow());
    else if (kind < 90) this.#echo(this.#flow());
    else if (kind < 92) this.#fragmented(this.#flow());
    else if (kind < 94) this.#sctp(this.#flow());
    else if (kind < 96) this.#unreachable(this.#flow());
    else this.#odd(this.#flow());
  }

  #flow(): Flow {
    const random = this.#random;
    const version = random.chance(0.2) ? 6 : 4;
    const client = random.zipf(clients);
    const server = random.zipf(servers);
    return {
      version,
      client: version === 6 ? `2001:db8:1::${(client + 1).toString(16)}` : `10.0.${client >>> 8}.${client & 255}`,
      server: version === 6 ? `2001:db8:2::${(server + 1).toString(16)}` : `198.18.${server >>> 8}.${server & 255}`,
      clientPort: random.between(1024, 65535),
      encapsulation: this.#encapsulation(version),
      clock: Math.floor(random.real() * this.#spanNanos),
      roundTrip: random.between(200_000, 80_000_000),
    };
  }

  #encapsulation(version: 4 | 6): Encapsulation {
    const random = this.#random;
    if (random.chance(0.12)) return version === 6 && random.chance(0.2) ? teredoEncapsulation : random.pick(tunnels);
    return random.chance(0.25) ? random.pick(links) : linkEncapsulations.plain;
  }

  #ip(flow: Flow, forward: boolean, protocol: number, payload: Uint8Array): Uint8Array {
    const source = forward ? flow.client : flow.server;
    const destination = forward ? flow.server : flow.client;
    if (flow.version === 6) return ipv6({ source, destination, protocol }, payload);
    this.#ipId = (this.#ipId + 1) & 0xffff;
    return ipv4({ source, destination, protocol, id: this.#ipId }, payload);
  }

  #send(flow: Flow, forward: boolean, protocol: number, payload: Uint8Array, wait = 0): void {
    flow.clock += wait + this.#random.below(50_000);
    this.#capture(flow.clock, flow.encapsulation(this.#ip(flow, forward, protocol, payload), forward));
  }

  #capture(clock: number, frame: Uint8Array): void {
    const seconds = Math.floor(clock / nanosPerSecond);
    // A frame in two hundred is cut, as by a short snapshot length.
    const bytes = this.#random.chance(0.005) ? frame.subarray(0, this.#random.below(frame.length)) : frame;
    this.packets.push({
      seconds: this.#startSeconds + seconds,
      nanos: clock - seconds * nanosPerSecond,
      bytes,
      len: frame.length,
    });
  }

  #tcp(flow: Flow): void {
    const random = this.#random;
    const ports = [flow.clientPort, random.pick([80, 443, 443, 443, 22, 25, 993, 8080])] as const;
    const next = [random.word(), random.word()];
    const segment = (forward: boolean, flags: number, payload: Uint8Array, wait: number): void => {
      const from = forward ? 0 : 1;
      const acknowledgement = flags & TcpFlag.ACK ? next[1 - from]! : 0;
      const header = { sequence: next[from]!, acknowledgement, flags, window: 64240 };
      const [sourcePort, destinationPort] = forward ? ports : [ports[1], ports[0]];
      this.#send(flow, forward, IpProtocol.TCP, tcp({ ...header, sourcePort, destinationPort }, payload), wait);
      next[from] = (next[from]! + payload.length + (flags & (TcpFlag.SYN | TcpFlag.FIN) ? 1 : 0)) >>> 0;
    };
    segment(true, TcpFlag.SYN, none, 0);
    // Some connections get no answer (a scan), some are refused.
    if (random.chance(0.05)) return;
    if (random.chance(0.03)) return segment(false, TcpFlag.RST | TcpFlag.ACK, none, flow.roundTrip);
    segment(false, TcpFlag.SYN | TcpFlag.ACK, none, flow.roundTrip);
    segment(true, TcpFlag.ACK, none, 0);
    segment(
      true,
      TcpFlag.ACK | TcpFlag.PSH,
      text(`GET /${flow.clientPort} HTTP/1.1\r\nHost: ${flow.server}\r\n\r\n`),
      0,
    );
    const rounds = random.pareto(1, Math.max(1.5, this.#meanPackets), this.#mostPackets);
    for (let i = 0; i < rounds; i++) {
      segment(
        false,
        TcpFlag.ACK | TcpFlag.PSH,
        new Uint8Array(random.pick([120, 512, 1380, 1380])),
        i === 0 ? flow.roundTrip : 0,
      );
      if (i % 2 === 1) segment(true, TcpFlag.ACK, none, 0);
    }
    if (random.chance(0.05)) return segment(true, TcpFlag.RST, none, 0);
    if (random.chance(0.1)) return;
    segment(true, TcpFlag.FIN | TcpFlag.ACK, none, 0);
    segment(false, TcpFlag.FIN | TcpFlag.ACK, none, flow.roundTrip);
    segment(true, TcpFlag.ACK, none, 0);
  }

  #dns(flow: Flow): void {
    const random = this.#random;
    const name = `host${random.zipf(3000)}.example.${random.pick(['com', 'net', 'org'])}`;
    const type = random.pick([DnsType.A, DnsType.A, DnsType.AAAA, DnsType.TXT]);
    const id = random.below(65536);
    const ask = { sourcePort: flow.clientPort, destinationPort: 53 };
    this.#send(flow, true, IpProtocol.UDP, udp(ask, dns({ id, name, type })));
    if (random.chance(0.04)) return;
    const missing = random.chance(0.1);
    const data =
      type === DnsType.A ? '203.0.113.7' : type === DnsType.AAAA ? '2001:db8::7' : Uint8Array.of(2, 111, 107);
    const answer = dns({
      id,
      name,
      type,
      response: true,
      rcode: missing ? 3 : 0,
      answers: missing ? [] : [{ type, data }],
    });
    this.#send(
      flow,
      false,
      IpProtocol.UDP,
      udp({ sourcePort: 53, destinationPort: flow.clientPort }, answer),
      flow.roundTrip,
    );
  }

  #udp(flow: Flow): void {
    const random = this.#random;
    const port = random.pick([123, 443, 5004, 27015]);
    const rounds = random.pareto(1, this.#meanPackets, this.#mostPackets);
    for (let i = 0; i < rounds; i++) {
      const forward = i % 2 === 0;
      const sourcePort = forward ? flow.clientPort : port;
      const destinationPort = forward ? port : flow.clientPort;
      const body = new Uint8Array(random.between(20, 1200));
      this.#send(flow, forward, IpProtocol.UDP, udp({ sourcePort, destinationPort }, body), 20_000_000);
    }
  }

  #echo(flow: Flow): void {
    const identifier = flow.clientPort;
    const body = new Uint8Array(56);
    for (let sequence = 1; sequence <= 4; sequence++) {
      const header = { identifier, sequence };
      const six = flow.version === 6;
      const protocol = six ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
      const message = (answer: boolean): Uint8Array =>
        six ? icmpv6({ type: answer ? 129 : 128, ...header }, body) : icmp({ type: answer ? 0 : 8, ...header }, body);
      this.#send(flow, true, protocol, message(false), sequence === 1 ? 0 : nanosPerSecond);
      this.#send(flow, false, protocol, message(true), flow.roundTrip);
    }
  }

  #unreachable(flow: Flow): void {
    const lost = this.#ip(
      flow,
      true,
      IpProtocol.UDP,
      udp({ sourcePort: flow.clientPort, destinationPort: 33434 }, new Uint8Array(32)),
    );
    this.#capture(flow.clock, flow.encapsulation(lost, true));
    const rest = [0, 0, 0, 0];
    const quoted = lost.subarray(0, flow.version === 6 ? 80 : 28);
    const error =
      flow.version === 6 ? icmpv6({ type: 1, code: 4, rest }, quoted) : icmp({ type: 3, code: 3, rest }, quoted);
    this.#send(flow, false, flow.version === 6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP, error, flow.roundTrip);
  }

  #fragmented(flow: Flow): void {
    const random = this.#random;
    const datagram = udp(
      { sourcePort: flow.clientPort, destinationPort: 2049 },
      random.bytes(random.between(1600, 6000)),
    );
    const whole = this.#ip(flow, true, IpProtocol.UDP, datagram);
    const pieces = flow.version === 6 ? fragmentIpv6(whole, 1448, random.word()) : fragmentIpv4(whole, 1480);
    if (random.chance(0.2)) pieces.reverse();
    // A last piece that is lost: the datagram is never whole.
    if (random.chance(0.1)) pieces.pop();
    for (const piece of pieces) {
      flow.clock += 12_000;
      this.#capture(flow.clock, flow.encapsulation(piece, true));
    }
  }

  #sctp(flow: Flow): void {
    const packet = (forward: boolean, chunk: Uint8Array): Uint8Array =>
      sctp(
        forward
          ? { sourcePort: flow.clientPort, destinationPort: 38412 }
          : { sourcePort: 38412, destinationPort: flow.clientPort },
        chunk,
      );
    this.#send(flow, true, IpProtocol.SCTP, packet(true, sctpChunk(1, new Uint8Array(16))));
    this.#send(flow, false, IpProtocol.SCTP, packet(false, sctpChunk(2, new Uint8Array(16))), flow.roundTrip);
    for (let i = 0; i < 3; i++)
      this.#send(flow, true, IpProtocol.SCTP, packet(true, sctpChunk(0, new Uint8Array(80), 3)), 1_000_000);
  }

  #odd(flow: Flow): void {
    switch (this.#random.below(4)) {
      case 0:
        this.#capture(flow.clock, ethernet({ type: EtherType.ARP }, arp({ sender: '10.0.0.1', target: '10.0.0.9' })));
        this.#capture(
          flow.clock + 90_000,
          ethernet({ type: EtherType.ARP }, arp({ operation: 2, sender: '10.0.0.9', target: '10.0.0.1' })),
        );
        return;
      case 1:
        return this.#capture(flow.clock, llcFrame({ destination: '01:80:c2:00:00:00' }, new Uint8Array(35)));
      default:
        return this.#capture(flow.clock, damagedFrame(this.#random));
    }
  }
}
