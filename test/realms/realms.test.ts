import { expect, test } from 'vitest';
import { Decoder } from '../../core/packet/decoder.ts';
import type { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { mergeSections } from '../../core/summary/merge.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { realmWord } from '../../core/summary/realm.ts';
import { resultOf } from '../../core/summary/result.ts';
import { unionOf } from '../../core/summary/split.ts';
import { Statistics } from '../../core/summary/statistics.ts';
import { Summary } from '../../core/summary/summary.ts';
import type { RealmRules } from '../../sensor/flow/realms.ts';
import { PartMaker } from '../../sensor/merge/partMaker.ts';
import { Pipeline } from '../../sensor/pipeline.ts';
import { windowSummaryOf } from '../../sensor/window/part.ts';
import { tunnelEncapsulations } from '../captures/encapsulation.ts';
import { batchOf } from '../support/packetBatch.ts';
import { datagramOf, inVlan, START } from './frames.ts';

const covered = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const hasher = new KeyHasher();

/** What a site in that realm says of hosts 10.0.0.0 ... that all talk to one global address. */
function siteStatistics(realm: number, hosts: number): Statistics {
  const statistics = new Statistics({ exact: false, topCapacity: 1024, by: 'octets' }, hasher);
  const words = new Uint32Array(8);
  for (let i = 0; i < hosts; i++) {
    words.set([0, 0, 0xffff, 0x0a000000 + i, 0, 0, 0xffff, 0x08080808]);
    statistics.deltas.set([1, 100, 1, 200]);
    statistics.feed(words, 0, realm, 17, 40_000, 53, -1, true);
  }
  return statistics;
}

/** Hosts of all sites together: what the manager answers. */
function hostsOf(sites: readonly Statistics[]): Distinct {
  const [first, ...others] = sites.map((site) => site.toSummary());
  for (const other of others) first!.merge(other);
  return first!.hosts();
}

test.each([120, 5000])('%i hosts of 10/8 at two sites: twice as many in two realms, as many in one', (hosts) => {
  const plant = realmWord('plant');
  const office = realmWord('office');
  const one = siteStatistics(plant, hosts).toSummary().hosts();
  const same = hostsOf([siteStatistics(plant, hosts), siteStatistics(plant, hosts)]);
  expect(same.hll.toRegisterArray()).toEqual(one.hll.toRegisterArray());
  // The address that all of them talk to is global: one host, in whatever realm it is met.
  const { estimate, lower, upper } = hostsOf([siteStatistics(plant, hosts), siteStatistics(office, hosts)]).estimate();
  const truth = 2 * hosts + 1;
  expect(lower <= truth && truth <= upper, `${truth} in ${lower} .. ${upper}`).toBe(true);
  if (hosts === 120) expect(estimate).toBe(truth);
  // A site that names no realm is of the default one, which is another.
  const third = hostsOf([
    siteStatistics(plant, hosts),
    siteStatistics(office, hosts),
    siteStatistics(0, hosts),
  ]).estimate();
  expect(third.lower <= 3 * hosts + 1 && 3 * hosts + 1 <= third.upper).toBe(true);
});

/** The parts that a sensor ships of one packet of each host, in frames as `frame` makes them. */
function siteParts(realms: RealmRules, frames: readonly Uint8Array[]): WindowPart[] {
  const maker = new PartMaker({ tap: 'tap0', windowSeconds: 10, workers: 1 });
  const parts: WindowPart[] = [];
  const pipeline = new Pipeline({
    windowSeconds: 10,
    live: false,
    flowSlots: 4096,
    seed: Uint32Array.from({ length: 20 }, (_, i) => Math.imul(i + 1, 0x9e3779b1)),
    statistics: { exact: false, topCapacity: 1024, by: 'octets' },
    worker: 0,
    workers: 1,
    checksums: false,
    recycle: false,
    realms,
    onWindow: (window) => {
      parts.push(...maker.add(windowSummaryOf(window, { windowSeconds: 10, worker: 0, covered })));
    },
  });
  pipeline.process(batchOf(frames.map((bytes) => ({ seconds: START, nanos: 0, bytes, len: bytes.length }))));
  pipeline.finish();
  parts.push(...maker.finish());
  return parts.filter(({ seconds }) => seconds === 10);
}

function summaryOfParts(parts: readonly WindowPart[]): Summary {
  const sections = mergeSections(parts.flatMap((part) => part.sections));
  if (sections instanceof Refusal) throw new Error(sections.toString());
  const summary = Summary.fromSections(sections);
  if (summary instanceof Refusal) throw new Error(summary.toString());
  return summary;
}

const HOSTS = 90;
const plainFrames = Array.from({ length: HOSTS }, (_, i) => inVlan(i));

test('parts of two sites: hosts, flows and lists are apart in two realms, and one in one', () => {
  const apart = summaryOfParts([
    ...siteParts({ realm: 'plant' }, plainFrames),
    ...siteParts({ realm: 'office' }, plainFrames),
  ]);
  const together = summaryOfParts([
    ...siteParts({ realm: 'plant' }, plainFrames),
    ...siteParts({ realm: 'plant' }, plainFrames),
  ]);
  const estimates = (summary: Summary): number[] => [
    summary.hosts().estimate().estimate,
    unionOf(summary.values.flows).estimate().estimate,
  ];
  expect(estimates(apart)).toEqual([2 * HOSTS + 1, 2 * HOSTS]);
  expect(estimates(together)).toEqual([HOSTS + 1, HOSTS]);
  const ofHost = (summary: Summary): string[] =>
    resultOf(summary, 1000, 'octets')
      .top.sources.map(({ key }) => key)
      .filter((key) => key.startsWith('10.0.0.5@') || key === '10.0.0.5');
  const names = ['plant', 'office'].map((name) => `10.0.0.5@${realmWord(name).toString(16).padStart(8, '0')}`);
  expect(ofHost(apart).sort()).toEqual(names.sort());
  expect(ofHost(together)).toHaveLength(1);
});

test('one tap, two VLANs with the same addresses and ports: other flows where the configuration says so', () => {
  const both = [
    ...Array.from({ length: HOSTS }, (_, i) => inVlan(i, 100)),
    ...Array.from({ length: HOSTS }, (_, i) => inVlan(i, 200)),
  ];
  const flows = (realms: RealmRules): [number, number, number] => {
    const summary = summaryOfParts(siteParts(realms, both));
    const { counters, flows: keys } = summary.values;
    return [summary.hosts().estimate().estimate, unionOf(keys).estimate().estimate, counters.get('flows.udp')];
  };
  expect(flows({})).toEqual([HOSTS + 1, HOSTS, HOSTS]);
  expect(flows({ realms: ['vlan:100=plant', 'vlan:200=plant'] })).toEqual([HOSTS + 1, HOSTS, HOSTS]);
  expect(flows({ realms: ['vlan:100=plant', 'vlan:200=office'] })).toEqual([2 * HOSTS + 1, 2 * HOSTS, 2 * HOSTS]);
  expect(flows({ realm: 'plant', realms: ['vlan:200=office'] })).toEqual([2 * HOSTS + 1, 2 * HOSTS, 2 * HOSTS]);
});

test.each([
  ['gre', -1],
  ['greKey', 77],
  ['vxlan', 5001],
  ['geneve', 5002],
  ['gtp', 42],
  ['gtpExtended', 43],
  ['greInVxlan', 5003],
  ['ip4', -1],
] as const)('the id of %s is %i, and decides the realm', (name, id) => {
  const frame = tunnelEncapsulations[name](datagramOf(9), true);
  const decoder = new Decoder();
  decoder.decode(batchOf([{ seconds: START, nanos: 0, bytes: frame, len: frame.length }]), 0);
  expect(decoder.fields.tunnelId).toBe(id);
  if (id < 0) return;
  const summary = summaryOfParts([
    ...siteParts({ realms: [`tunnel:${id}=plant`] }, [frame]),
    ...siteParts({ realms: [`tunnel:${id + 1}=plant`] }, [frame]),
  ]);
  // The inner address is two hosts; the one it talks to is global.
  expect(unionOf(summary.values.sources).estimate().estimate).toBe(2);
});
