import { serviceKey } from '../../core/summary/flowKeys.ts';
import { Ended, type Statistics } from '../../core/summary/statistics.ts';
import { Random } from '../captures/random.ts';

/** What a busy site does in one window: flows in columns, as `Statistics.feed` takes them. */
export interface BusyWindow {
  readonly flows: number;
  /** Eight words a flow: both ends. */
  readonly address: Uint32Array;
  readonly protocol: Uint8Array;
  readonly ports: Uint16Array;
  readonly service: Int32Array;
  /** Four numbers a flow, as `Statistics.deltas`. */
  readonly deltas: Float64Array;
  /** Four numbers a connection that ended, as `Statistics.ended`. */
  readonly ended: Float64Array;
}

const LOCAL = 2000;
const REMOTE = 20_000;
/** Pairs of addresses that talk, some of them one way only: 60,000 ordered ones. */
const PAIRS = 33_000;
const ONE_WAY = 6000;
/** Of those, between two local addresses. */
const LOCAL_PAIRS = 1500;
const FLOWS = 40_000;
const ENDED = 20_000;
const SERVICES = 300;
/** Octets of the largest flow of a window. */
const GREATEST = 50_000_000;

/**
 * A site with 2,000 local and 20,000 remote addresses, 40,000 flows and 60,000 ordered pairs in each window; addresses,
 * services and sizes are of Zipf's law with exponent 1. One remote address in ten is of IPv6. One seed makes the same
 * windows; who is busy in one is busy in all, and flows are others in each.
 */
export class BusySite {
  readonly #random: Random;
  readonly #local: Uint32Array;
  readonly #remote: Uint32Array;
  readonly #services: Uint32Array;

  constructor(seed: number = 1) {
    const random = new Random(seed);
    this.#random = random;
    this.#local = new Uint32Array(LOCAL * 4);
    const hosts = distinctNumbers(random, LOCAL, 1 << 16);
    hosts.forEach((host, i) => this.#local.set([0, 0, 0xffff, 0x0a000000 + host], i * 4));
    this.#remote = new Uint32Array(REMOTE * 4);
    distinctNumbers(random, REMOTE, 0x3fffffff).forEach((number, i) => {
      // 64.0.0.0 to 127.255.255.255, less what is not global; or 2a00::/16.
      const word = 0x40000000 + number;
      const isApart = word >>> 22 === 0x6440 >>> 6 || word >>> 24 === 127;
      const v6 = [0x2a000000 + (number & 0xffff), random.below(1 << 16), random.below(2 ** 31), random.below(2 ** 31)];
      this.#remote.set(i % 10 === 9 || isApart ? v6 : [0, 0, 0xffff, word], i * 4);
    });
    const ports = distinctNumbers(random, SERVICES, 40_000);
    this.#services = Uint32Array.from(ports, (port, i) => serviceKey(i % 3 === 0 ? 17 : 6, port + 1));
  }

  /** The next window. */
  next(): BusyWindow {
    const random = this.#random;
    const window: BusyWindow = {
      flows: FLOWS,
      address: new Uint32Array(FLOWS * 8),
      protocol: new Uint8Array(FLOWS),
      ports: new Uint16Array(FLOWS * 2),
      service: new Int32Array(FLOWS),
      deltas: new Float64Array(FLOWS * 4),
      ended: new Float64Array(ENDED * 4),
    };
    const pairs = this.#pairs();
    const sizes = distinctNumbers(random, FLOWS, FLOWS);
    for (let i = 0; i < FLOWS; i++) {
      const place = i < PAIRS ? i : ONE_WAY + random.below(PAIRS - ONE_WAY);
      const pair = pairs[place]!;
      const remote = Math.floor(pair / LOCAL);
      window.address.set(this.#local.subarray((pair % LOCAL) * 4, (pair % LOCAL) * 4 + 4), i * 8);
      const other = remote < REMOTE ? this.#remote.subarray(remote * 4) : this.#local.subarray((remote - REMOTE) * 4);
      window.address.set(other.subarray(0, 4), i * 8 + 4);
      const service = this.#services[random.zipf(SERVICES)]!;
      window.protocol[i] = service >>> 16;
      window.service[i] = service;
      window.ports[2 * i] = 32_768 + random.below(28_000);
      window.ports[2 * i + 1] = service & 0xffff;
      this.#count(window.deltas, 4 * i, Math.ceil(GREATEST / (sizes[i]! + 1)));
      if (place < ONE_WAY) window.deltas.fill(0, 4 * i + (place % 2) * 2, 4 * i + (place % 2) * 2 + 2);
    }
    for (let i = 0; i < ENDED; i++) {
      const at = 4 * i;
      window.ended[at + Ended.OCTETS] = 100 + Math.ceil(GREATEST / (1 + random.below(FLOWS)));
      window.ended[at + Ended.SECONDS] = random.real() ** 4 * 600;
      window.ended[at + Ended.HANDSHAKE] = 0.001 + random.real() ** 3 * 0.4;
      window.ended[at + Ended.RETRANSMITTED] = random.below(3) === 0 ? random.real() ** 4 : 0;
    }
    return window;
  }

  /** Different pairs, as numbers: first one for every address of the site, then as Zipf's law has it. */
  #pairs(): number[] {
    const random = this.#random;
    const pairs = new Set<number>();
    for (let remote = 0; remote < REMOTE; remote++) {
      pairs.add(remote * LOCAL + (remote < LOCAL ? remote : random.zipf(LOCAL)));
    }
    while (pairs.size < REMOTE + LOCAL_PAIRS) {
      const [a, b] = [random.zipf(LOCAL), random.below(LOCAL)];
      if (a < b) pairs.add((REMOTE + b) * LOCAL + a);
    }
    while (pairs.size < PAIRS) {
      pairs.add(random.zipf(REMOTE) * LOCAL + random.zipf(LOCAL));
    }
    return [...pairs];
  }

  /** Octets of a flow in both directions, and the packets that they come in. */
  #count(deltas: Float64Array, at: number, octets: number): void {
    const random = this.#random;
    const sent = Math.max(64, Math.floor(octets * random.real()));
    const received = Math.max(64, octets - sent);
    deltas[at] = Math.ceil(sent / (64 + random.below(1400)));
    deltas[at + 1] = sent;
    deltas[at + 2] = Math.ceil(received / (64 + random.below(1400)));
    deltas[at + 3] = received;
  }
}

/** Feeds a window, as a pipeline would. */
export function feedWindow(statistics: Statistics, window: BusyWindow, from = 0, to: number = window.flows): void {
  const { address, protocol, ports, service } = window;
  for (let i = from; i < to; i++) {
    for (let n = 0; n < 4; n++) statistics.deltas[n] = window.deltas[4 * i + n]!;
    statistics.feed(address, 8 * i, 0, protocol[i]!, ports[2 * i]!, ports[2 * i + 1]!, service[i]!, true);
  }
}

export function endConnections(statistics: Statistics, { ended }: BusyWindow): void {
  for (let at = 0; at < ended.length; at += 4) {
    for (let n = 0; n < 4; n++) statistics.ended[n] = ended[at + n]!;
    statistics.connectionEnded();
  }
}

/** `count` different numbers below `below`, in random order. */
function distinctNumbers(random: Random, count: number, below: number): number[] {
  if (count === below) {
    const all = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all;
  }
  const numbers = new Set<number>();
  while (numbers.size < count) numbers.add(random.below(below));
  return [...numbers];
}
