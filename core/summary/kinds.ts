import { Distinct } from '../sketch/distinct/distinct.ts';
import { decodeDistinct, encodeDistinct } from '../sketch/distinct/distinctCodec.ts';
import { DEFAULT_K, Kll } from '../sketch/kll/kll.ts';
import { decodeKll, encodeKll } from '../sketch/kll/kllCodec.ts';
import { Refusal } from '../sketch/refusal.ts';
import { decodeTop, encodeTop } from '../sketch/top/topCodec.ts';
import { TopRows } from '../sketch/top/topRows.ts';
import { Counters, decodeCounters, encodeCounters } from './counters.ts';
import { HOST_WORDS, PAIR_WORDS, SERVICE_WORDS } from './flowKeys.ts';
import type { SectionKind } from './section.ts';

/** The size of every distinct sketch. */
export const LG_K = 12;

function distinctKind(kind: number, name: string, sentence: string): SectionKind<Distinct> {
  return {
    kind,
    name,
    version: 1,
    sentence,
    parameters: [{ name: 'lgK', role: 'identity', least: 4, greatest: 16 }],
    empty: ([lgK = LG_K]) => new Distinct(false, lgK),
    merge: (into, other) => into.merge(other),
    encode: encodeDistinct,
    decode: (body, [lgK = LG_K]) => decodeDistinct(body, lgK),
  };
}

function topKind(kind: number, name: string, width: number, sentence: string): SectionKind<TopRows> {
  return {
    kind,
    name,
    version: 1,
    sentence,
    parameters: [{ name: 'capacity', role: 'capacity', least: 1, greatest: 1 << 20 }],
    empty: ([capacity = 1]) => new TopRows(width, capacity),
    merge: (into, other) => into.merge(other),
    encode: encodeTop,
    decode: (body, [capacity = 1]) => decodeTop(body, width, capacity),
  };
}

function quantilesKind(kind: number, name: string, sentence: string): SectionKind<Kll> {
  return {
    kind,
    name,
    version: 1,
    sentence,
    parameters: [{ name: 'k', role: 'capacity', least: 8, greatest: 4096 }],
    empty: ([k = DEFAULT_K]) => new Kll(0, k),
    merge: (into, other) => into.merge(other),
    encode: (kll) => encodeKll(kll),
    decode: (body, [k = DEFAULT_K]) => {
      const kll = decodeKll(body);
      if (kll instanceof Refusal || kll.k === k) return kll;
      return new Refusal(name, `k ${kll.k} is not ${k}`);
    },
  };
}

const countersKind: SectionKind<Counters> = {
  kind: 1,
  name: 'counters',
  version: 1,
  sentence: 'Counters by name: flows by protocol, fragments, tunnelled packets, verdicts by reason.',
  parameters: [],
  empty: () => new Counters(),
  merge: (into, other) => into.merge(other),
  encode: encodeCounters,
  decode: decodeCounters,
};

/** Every kind of section there is. `distinct.hosts` is none: it is the union of sources and destinations. */
export const kinds = {
  counters: countersKind,
  sources: distinctKind(16, 'distinct.sources', 'Addresses that sent a packet.'),
  destinations: distinctKind(17, 'distinct.destinations', 'Addresses that were sent a packet.'),
  pairs: distinctKind(18, 'distinct.pairs', 'Ordered pairs of sender and receiver.'),
  flows: distinctKind(19, 'distinct.flows', 'Flow keys: realm, addresses, protocol, ports.'),
  services: distinctKind(20, 'distinct.services', 'Protocols and ports of responders.'),
  topHosts: topKind(32, 'top.hosts', HOST_WORDS, 'Addresses by what they sent and were sent.'),
  topSources: topKind(33, 'top.sources', HOST_WORDS, 'Addresses by what they sent.'),
  topDestinations: topKind(34, 'top.destinations', HOST_WORDS, 'Addresses by what they were sent.'),
  topPairs: topKind(35, 'top.pairs', PAIR_WORDS, 'Ordered pairs by what the one sent the other.'),
  topServices: topKind(36, 'top.services', SERVICE_WORDS, 'Services by the traffic of their flows, both ways.'),
  sizes: quantilesKind(48, 'sizes', 'Octets of the connections that ended.'),
  durations: quantilesKind(49, 'durations', 'Seconds that the connections that ended lasted.'),
} as const;

/** The kind with a number, if it is known here. */
export function kindOf(number: number): SectionKind<unknown> | undefined {
  for (const kind of Object.values<SectionKind<unknown>>(kinds)) if (kind.kind === number) return kind;
  return undefined;
}
