import { dns, DnsType } from '../../core/packet/build/dns.ts';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { udp } from '../../core/packet/build/transport.ts';
import { PacketBatch } from '../../core/packet/batch.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import { IpProtocol } from '../../core/packet/numbers.ts';

export const NAMES = 5000;
export const CLIENTS = 2000;
/** Kinds of rows that a name has: type A or AAAA, answered or not. */
export const KINDS = 4;
/** Share of queries for a name that nobody asks for again. */
const RANDOM = 0.05;
const UNANSWERED = 0.01;
const ZONES = 40;
const BEGIN = 1_700_000_400;
const CLIENT = 26;
const HEADER = 42;

/** What was sent, counted by itself. */
export interface Truth {
  queries: number;
  /** Queries by ((name * CLIENTS) + client) * KINDS + kind. */
  rows: Uint16Array;
  names: Float64Array;
  clients: Float64Array;
  nxdomain: Float64Array;
  /** A bit a pair of name and client. */
  asked: Uint8Array;
  /** Random names by client. */
  random: Float64Array;
}

interface Packet {
  time: number;
  frame: Uint8Array;
  client: number;
  port: number;
  id: number;
  isReply: boolean;
}

/**
 * DNS of an office: 5,000 names by Zipf 1.0, 2,000 clients alike, 5 % made-up names under 40 zones, one query in a hundred
 * without an answer; two of seven queries are for AAAA. Frames are real, the same in each run.
 */
export class DnsTraffic {
  readonly truth: Truth = {
    queries: 0,
    rows: new Uint16Array(NAMES * CLIENTS * KINDS),
    names: new Float64Array(NAMES),
    clients: new Float64Array(CLIENTS),
    nxdomain: new Float64Array(CLIENTS),
    asked: new Uint8Array((NAMES * CLIENTS) / 8),
    random: new Float64Array(CLIENTS),
  };
  readonly names: readonly string[];
  readonly #rate: number;
  readonly #cumulative: Float64Array = new Float64Array(NAMES);
  /** By name and type: query and reply. */
  readonly #frames: (readonly [query: Uint8Array, reply: Uint8Array])[] = [];
  #state: number;
  #late: Packet[] = [];

  constructor(rate: number, seed = 1) {
    this.#rate = rate;
    this.#state = seed;
    let sum = 0;
    for (let i = 0; i < NAMES; i++) this.#cumulative[i] = sum += 1 / (i + 1);
    this.names = Array.from({ length: NAMES }, (_, i) => this.#makeName(i));
    for (const [i, name] of this.names.entries()) {
      this.#frames.push(this.#makeFrames(name, DnsType.A, i), this.#makeFrames(name, DnsType.AAAA, i));
    }
  }

  /** Address of a client. */
  static address(client: number): string {
    return `10.20.${client >> 8}.${client & 255}`;
  }

  /** Names that do not exist, one in twenty of the known ones. */
  static isMissing(name: number): boolean {
    return name % 20 === 13;
  }

  /** The packets of one second after the other. */
  *seconds(count: number): Generator<PacketBatch> {
    for (let second = 0; second < count; second++) {
      const packets = this.#late;
      this.#late = [];
      for (let i = 0; i < this.#rate; i++) this.#query(BEGIN + second + (i + this.#chance()) / this.#rate, packets);
      const end = BEGIN + second + 1;
      this.#late = packets.filter(({ time }) => time >= end);
      yield batchOf(packets.filter(({ time }) => time < end).toSorted((a, b) => a.time - b.time));
    }
    yield batchOf(this.#late.toSorted((a, b) => a.time - b.time));
  }

  #chance(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    let h = this.#state;
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
  }

  #letters(length: number): string {
    return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(this.#chance() * 26))).join('');
  }

  /** Names of one in three domains share them with others. */
  #makeName(i: number): string {
    const top = ['com', 'net', 'org', 'de', 'io'][Math.floor(this.#chance() * 5)]!;
    if (this.#chance() < 0.33) return `${this.#letters(3 + (i % 5))}${i}.cdn${i % 60}.example.${top}`;
    const host = ['www', 'api', 'mail', 'static', 'login'][Math.floor(this.#chance() * 5)]!;
    return `${host}.${this.#letters(4 + Math.floor(this.#chance() * 9))}${i}.${top}`;
  }

  #makeFrames(name: string, type: number, i: number): readonly [Uint8Array, Uint8Array] {
    const query = frameOf(dns({ name, type }), false);
    if (i < 0 || DnsTraffic.isMissing(i)) return [query, frameOf(dns({ name, type, response: true, rcode: 3 }), true)];
    const byte = (): number => Math.floor(this.#chance() * 256);
    const data = type === DnsType.A ? [198, 51, byte(), byte()] : [0x20, 1, 0xd, 0xb8, 0, i & 7, 0, 0, ...eight(byte)];
    const ttl = [60, 300, 3600][i % 3]!;
    const address = { type, ttl, data: Uint8Array.from(data) };
    const alias = `edge${i % 200}.provider.example`;
    const answers =
      i % 5 === 0
        ? [
            { type: DnsType.CNAME, ttl: 300, data: alias },
            { ...address, name: alias },
          ]
        : [address];
    return [query, frameOf(dns({ name, type, response: true, answers }), true)];
  }

  #query(time: number, packets: Packet[]): void {
    const { truth } = this;
    const client = Math.floor(this.#chance() * CLIENTS);
    const isAaaa = this.#chance() < 2 / 7;
    const isAnswered = this.#chance() >= UNANSWERED;
    truth.queries++;
    truth.clients[client]! += 1;
    let frames: readonly [Uint8Array, Uint8Array];
    if (this.#chance() < RANDOM) {
      const zone = Math.floor(this.#chance() * ZONES);
      frames = this.#makeFrames(`${this.#letters(12)}.zone${zone}.example.net`, DnsType.A, -1);
      truth.random[client]! += 1;
      if (isAnswered) truth.nxdomain[client]! += 1;
    } else {
      const name = this.#name();
      frames = this.#frames[name * 2 + Number(isAaaa)]!;
      truth.names[name]! += 1;
      const bit = name * CLIENTS + client;
      truth.asked[bit >> 3]! |= 1 << (bit & 7);
      truth.rows[bit * KINDS + Number(isAaaa) * 2 + Number(isAnswered)]! += 1;
      if (isAnswered && DnsTraffic.isMissing(name)) truth.nxdomain[client]! += 1;
    }
    const port = 1024 + Math.floor(this.#chance() * 64_000);
    const common = { client, port, id: Math.floor(this.#chance() * 65_536) };
    packets.push({ ...common, time, frame: frames[0], isReply: false });
    // From 5 ms to 320 ms, most of them short.
    const rtt = 0.005 * 64 ** (this.#chance() ** 3);
    if (isAnswered) packets.push({ ...common, time: time + rtt, frame: frames[1], isReply: true });
  }

  #name(): number {
    const cumulative = this.#cumulative;
    const wanted = this.#chance() * cumulative[NAMES - 1]!;
    let [low, high] = [0, NAMES - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function eight(byte: () => number): number[] {
  return [0, 0, 0, 0, byte(), byte(), byte(), byte()];
}

/** Of client 0, which is changed when it is sent. */
function frameOf(message: Uint8Array, isReply: boolean): Uint8Array {
  const [source, destination] = isReply ? ['192.0.2.53', '10.20.0.0'] : ['10.20.0.0', '192.0.2.53'];
  const [sourcePort, destinationPort] = isReply ? [53, 1024] : [1024, 53];
  const datagram = udp({ sourcePort: sourceOf(sourcePort), destinationPort: sourceOf(destinationPort) }, message);
  return ethernet({}, ipv4({ source, destination, protocol: IpProtocol.UDP }, datagram));
}

function sourceOf(port: number | undefined): number {
  return port ?? 0;
}

function batchOf(packets: readonly Packet[]): PacketBatch {
  const batch = new PacketBatch(Math.max(1, packets.length));
  const bytes = new Uint8Array(packets.reduce((sum, { frame }) => sum + frame.length, 0));
  batch.setBytes(bytes);
  const { view } = batch;
  let at = 0;
  for (const [i, { time, frame, client, port, id, isReply }] of packets.entries()) {
    bytes.set(frame, at);
    view.setUint16(at + CLIENT + (isReply ? 4 : 0) + 2, client);
    view.setUint16(at + (isReply ? 36 : 34), port);
    view.setUint16(at + HEADER, id);
    batch.offset[i] = at;
    batch.caplen[i] = batch.len[i] = frame.length;
    batch.seconds[i] = Math.floor(time);
    batch.nanos[i] = Math.floor((time % 1) * 1e9);
    batch.linkType[i] = LinkType.EN10MB;
    at += frame.length;
  }
  batch.count = packets.length;
  return batch;
}
