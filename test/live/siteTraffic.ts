import { udpFrame } from '../support/senderFrames.ts';
import { Random } from '../captures/random.ts';

const HOSTS = 20_000;
/** Hosts that both sites see. */
const SHARED_HOSTS = 6000;
const FLOWS = 5000;
/** Share of the flows that cross both sites, and of their frames that the second site misses. */
const CROSSING = 0.3;
const LOST = 0.02;
/** Bytes of Ethernet, IPv4 and UDP before the payload. */
const HEADERS = 42;
const LARGEST = 1400;

/** What the frames of a list come to, counted one by one. */
export interface Truth {
  packets: number;
  octets: number;
  distinct: Record<'hosts' | 'sources' | 'destinations' | 'pairs' | 'flows', Set<string>>;
  top: Record<'hosts' | 'sources' | 'destinations' | 'pairs', Map<string, { packets: number; octets: number }>>;
  /** Octets by flow. */
  flows: Map<string, number>;
}

/** The frames of two sites in step: frame `i` of both is sent at the same moment. */
export interface SiteTraffic {
  a: Uint8Array[];
  b: Uint8Array[];
  /** Flows that cross both: what really passed, once. */
  total: number;
}

/**
 * Two sites with 20,000 hosts each, 6,000 of them the same, and 5,000 flows with sizes by Pareto, three of ten passing
 * both sites, of which the second loses 2 % of the frames.
 */
export function siteTraffic(seed: number): SiteTraffic {
  const random = new Random(seed);
  const alone: [Uint8Array[], Uint8Array[]] = [[], []];
  const both: Uint8Array[] = [];
  let total = 0;
  const base = [0, HOSTS - SHARED_HOSTS] as const;
  // Each host once, so that each is there, by a datagram of its own.
  for (const site of [0, 1] as const) {
    for (let i = 0; i < HOSTS; i++) {
      const host = 0x0a00_0001 + base[site] + i;
      const frame = datagram(host, 0x0808_0001 + (i % 50), 40_000 + site, 53, 60 + (i % 40));
      alone[site].push(frame);
      total += frame.length;
    }
  }
  for (let flow = 0; flow < FLOWS; flow++) {
    const crosses = flow < FLOWS * CROSSING;
    const site = random.chance(0.5) ? 0 : 1;
    // Flows that cross are between hosts that both see.
    const host = crosses ? base[1] + random.zipf(SHARED_HOSTS) : base[site] + random.zipf(HOSTS);
    const peer = 0x0808_0001 + random.zipf(2000);
    const port = 10_000 + flow;
    for (let left = random.pareto(1000, 8000, 400_000); left > 0; left -= LARGEST) {
      const frame = datagram(0x0a00_0001 + host, peer, port, 443, Math.max(HEADERS + 4, Math.min(left, LARGEST)));
      total += frame.length;
      if (crosses) both.push(frame);
      else alone[site].push(frame);
    }
  }
  return { ...inStep(random, alone, both), total };
}

/** Mixes the frames that both sites see with those of each, at equal places in both lists. */
function inStep(random: Random, alone: [Uint8Array[], Uint8Array[]], both: Uint8Array[]) {
  for (const list of [...alone, both]) shuffle(random, list);
  const a: Uint8Array[] = [];
  const b: Uint8Array[] = [];
  const most = Math.max(alone[0].length, alone[1].length);
  let crossed = 0;
  for (let i = 0; i < most; i++) {
    for (; crossed * most < both.length * i; crossed++) {
      const frame = both[crossed]!;
      a.push(frame);
      b.push(random.chance(LOST) ? silence : frame);
    }
    a.push(alone[0][i] ?? silence);
    b.push(alone[1][i] ?? silence);
  }
  for (; crossed < both.length; crossed++) {
    a.push(both[crossed]!);
    b.push(both[crossed]!);
  }
  return { a, b };
}

/** Stands where a site has no frame: a frame without an IP header, which is in no list and no distinct count. */
const silence: Uint8Array = arpFrame();

function arpFrame(): Uint8Array {
  const frame = new Uint8Array(60);
  frame.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
  return frame;
}

function shuffle(random: Random, list: Uint8Array[]): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const one = list[i]!;
    list[i] = list[j]!;
    list[j] = one;
  }
}

function datagram(from: number, to: number, sourcePort: number, port: number, size: number): Uint8Array {
  const frame = udpFrame(size);
  const view = new DataView(frame.buffer);
  view.setUint32(26, from);
  view.setUint32(30, to);
  view.setUint16(34, sourcePort);
  view.setUint16(36, port);
  let sum = 0;
  view.setUint16(24, 0);
  for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(24, ~sum & 0xffff);
  return frame;
}

const dotted = (frame: Uint8Array, at: number): string => frame.subarray(at, at + 4).join('.');

/** Counts frames one by one, by plain sets and maps. */
export function truthOf(frames: readonly Uint8Array[]): Truth {
  const names = ['hosts', 'sources', 'destinations', 'pairs'] as const;
  const truth = {
    packets: frames.length,
    octets: 0,
    distinct: Object.fromEntries([...names, 'flows'].map((name) => [name, new Set<string>()])) as Truth['distinct'],
    top: Object.fromEntries(names.map((name) => [name, new Map()])) as Truth['top'],
    flows: new Map<string, number>(),
  };
  for (const frame of frames) {
    truth.octets += frame.length;
    if (frame[12] !== 8 || frame[13] !== 0) continue;
    const [from, to] = [dotted(frame, 26), dotted(frame, 30)];
    const view = new DataView(frame.buffer, frame.byteOffset);
    const flow = `${from} ${view.getUint16(34)} ${to} ${view.getUint16(36)}`;
    truth.distinct.flows.add(flow);
    truth.flows.set(flow, (truth.flows.get(flow) ?? 0) + frame.length);
    for (const [name, key] of [
      ['hosts', from],
      ['hosts', to],
      ['sources', from],
      ['destinations', to],
      ['pairs', `${from} ${to}`],
    ] as const) {
      truth.distinct[name].add(key);
      const counts = truth.top[name].get(key) ?? { packets: 0, octets: 0 };
      counts.packets += 1;
      counts.octets += frame.length;
      truth.top[name].set(key, counts);
    }
  }
  return truth;
}
