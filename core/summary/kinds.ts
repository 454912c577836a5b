import { CountMin, MAX_COLUMNS, MAX_ROWS } from '../sketch/countMin/countMin.ts';
import { decodeCountMin, encodeCountMin } from '../sketch/countMin/countMinCodec.ts';
import { Distinct } from '../sketch/distinct/distinct.ts';
import { decodeDistinct, encodeDistinct } from '../sketch/distinct/distinctCodec.ts';
import { DEFAULT_K, Kll } from '../sketch/kll/kll.ts';
import { decodeKll, encodeKll } from '../sketch/kll/kllCodec.ts';
import { Refusal } from '../sketch/refusal.ts';
import { DEFAULT_SAMPLE, FlowSample, MAX_SAMPLE } from '../sketch/sample/flowSample.ts';
import { decodeFlowSample, encodeFlowSample } from '../sketch/sample/flowSampleCodec.ts';
import { decodeTop, encodeTop } from '../sketch/top/topCodec.ts';
import { TopRows } from '../sketch/top/topRows.ts';
import { Counters, decodeCounters, encodeCounters } from './counters.ts';
import { HOST_WORDS, PAIR_WORDS, SERVICE_WORDS, STATUS_WORDS } from './flowKeys.ts';
import { decodeHealth, encodeHealth, Health } from './health.ts';
import type { SectionKind } from './section.ts';
import { splitKind } from './split.ts';

/** The size of every distinct sketch. */
export const LG_K = 12;

/** The shape of the count-min sketch. */
export const COUNT_MIN_ROWS = 4;
export const COUNT_MIN_COLUMNS = 2048;

function distinctKind(kind: number, name: string, sentence: string): SectionKind<Distinct> {
  return {
    kind,
    name,
    version: 1,
    cadence: 'window',
    keyed: false,
    sentence,
    parameters: [{ name: 'lgK', role: 'identity', least: 4, greatest: 16 }],
    empty: ([lgK = LG_K]) => new Distinct(false, lgK),
    merge: (into, other) => into.merge(other),
    isEmpty: ({ hll }) => hll.isEmpty,
    encode: encodeDistinct,
    decode: (body, [lgK = LG_K]) => decodeDistinct(body, lgK),
  };
}

function topKind(kind: number, name: string, width: number, sentence: string): SectionKind<TopRows> {
  return {
    kind,
    name,
    version: 1,
    cadence: 'lists',
    keyed: false,
    sentence,
    parameters: [{ name: 'capacity', role: 'capacity', least: 1, greatest: 1 << 20 }],
    empty: ([capacity = 1]) => new TopRows(width, capacity),
    merge: (into, other) => into.merge(other),
    isEmpty: ({ count, floorOctets, floorPackets }) => count === 0 && floorOctets === 0 && floorPackets === 0,
    encode: encodeTop,
    decode: (body, [capacity = 1]) => decodeTop(body, width, capacity),
  };
}

function quantilesKind(kind: number, name: string, sentence: string): SectionKind<Kll> {
  return {
    kind,
    name,
    version: 1,
    cadence: 'minute',
    keyed: false,
    sentence,
    parameters: [{ name: 'k', role: 'capacity', least: 8, greatest: 4096 }],
    empty: ([k = DEFAULT_K]) => new Kll(0, k),
    merge: (into, other) => into.merge(other),
    isEmpty: ({ n }) => n === 0,
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
  cadence: 'window',
  keyed: false,
  sentence: 'Counters by name: flows by protocol, fragments, tunnelled packets, verdicts by reason.',
  parameters: [],
  empty: () => new Counters(),
  merge: (into, other) => into.merge(other),
  isEmpty: ({ values }) => values.size === 0,
  encode: encodeCounters,
  decode: decodeCounters,
};

const healthKind: SectionKind<Health> = {
  kind: 2,
  name: 'health',
  version: 1,
  cadence: 'minute',
  keyed: false,
  sentence: 'How the sensor was, by gauge: processor, memory, queues, disk, clock.',
  parameters: [],
  empty: () => new Health(),
  merge: (into, other) => into.merge(other),
  isEmpty: ({ gauges }) => gauges.size === 0,
  encode: encodeHealth,
  decode: decodeHealth,
};

const pointKind: SectionKind<CountMin> = {
  kind: 64,
  name: 'point.octets',
  version: 1,
  cadence: 'minute',
  keyed: true,
  sentence: 'Octets that an address sent and was sent, for any address that is asked for.',
  parameters: [
    { name: 'rows', role: 'identity', least: 1, greatest: MAX_ROWS },
    { name: 'columns', role: 'identity', least: 1, greatest: MAX_COLUMNS },
  ],
  empty: ([rows = COUNT_MIN_ROWS, columns = COUNT_MIN_COLUMNS]) => new CountMin(rows, columns),
  merge: (into, other) => into.merge(other),
  isEmpty: ({ total }) => total === 0,
  encode: encodeCountMin,
  decode: (body, [rows = COUNT_MIN_ROWS, columns = COUNT_MIN_COLUMNS]) =>
    (columns & (columns - 1)) === 0
      ? decodeCountMin(body, rows, columns)
      : new Refusal('point.octets', `${columns} columns are no power of two`),
};

const sampleKind: SectionKind<FlowSample> = {
  kind: 80,
  name: 'sample',
  version: 1,
  cadence: 'window',
  keyed: true,
  sentence: 'A sample of (flow, window) by octets, the same at every sensor that saw the same.',
  parameters: [
    { name: 'windowSeconds', role: 'identity', least: 1, greatest: 60 },
    { name: 'k', role: 'capacity', least: 2, greatest: MAX_SAMPLE },
  ],
  empty: ([, k = DEFAULT_SAMPLE]) => new FlowSample(k),
  merge: (into, other) => into.join(other),
  isEmpty: (sample) => sample.count === 0 && sample.threshold === Number.POSITIVE_INFINITY,
  encode: encodeFlowSample,
  decode: (body, [, k = DEFAULT_SAMPLE]) => decodeFlowSample(body, k),
};

/** Every kind of section there is. `distinct.hosts` is none: it is the union of sources and destinations. */
export const kinds = {
  counters: countersKind,
  health: healthKind,
  sources: splitKind(distinctKind(16, 'distinct.sources', 'Addresses that sent a packet.')),
  destinations: splitKind(distinctKind(17, 'distinct.destinations', 'Addresses that were sent a packet.')),
  pairs: splitKind(distinctKind(18, 'distinct.pairs', 'Ordered pairs of sender and receiver.')),
  flows: splitKind(distinctKind(19, 'distinct.flows', 'Flow keys: realm, addresses, protocol, ports.')),
  services: distinctKind(20, 'distinct.services', 'Protocols and ports of responders.'),
  names: distinctKind(21, 'distinct.names', 'Names that were asked for by DNS.'),
  serverNames: distinctKind(22, 'distinct.serverNames', 'Names of servers that clients of TLS and QUIC gave.'),
  topHosts: splitKind(topKind(32, 'top.hosts', HOST_WORDS, 'Addresses by what they sent and were sent.')),
  topSources: splitKind(topKind(33, 'top.sources', HOST_WORDS, 'Addresses by what they sent.')),
  topDestinations: splitKind(topKind(34, 'top.destinations', HOST_WORDS, 'Addresses by what they were sent.')),
  topPairs: splitKind(topKind(35, 'top.pairs', PAIR_WORDS, 'Ordered pairs by what the one sent the other.')),
  topServices: topKind(36, 'top.services', SERVICE_WORDS, 'Services by the traffic of their flows, both ways.'),
  statusClients: topKind(
    37,
    'http.statusClients',
    STATUS_WORDS,
    'Answers of HTTP by status and client: packets are answers, octets those of bodies.',
  ),
  statusServers: topKind(38, 'http.statusServers', STATUS_WORDS, 'The same by status and server.'),
  sizes: quantilesKind(48, 'sizes', 'Octets of the connections that ended.'),
  durations: quantilesKind(49, 'durations', 'Seconds that the connections that ended lasted.'),
  handshakes: quantilesKind(
    50,
    'handshakes',
    'Seconds from the SYN to the acknowledgement of its answer, of the TCP connections that ended.',
  ),
  retransmits: quantilesKind(
    51,
    'retransmits',
    'Share of segments that were sent again, 0 to 1, of the TCP connections that ended.',
  ),
  pointOctets: pointKind,
  flowSample: sampleKind,
} as const;

/** The kind with a number, if it is known here. */
export function kindOf(number: number): SectionKind<unknown> | undefined {
  for (const kind of Object.values<SectionKind<unknown>>(kinds)) if (kind.kind === number) return kind;
  return undefined;
}
