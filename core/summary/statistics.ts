import { NetworkSet, nonGlobalNetworks } from '../packet/networkSet.ts';
import { Distinct } from '../sketch/distinct/distinct.ts';
import { KeyHasher } from '../sketch/hash/keyHasher.ts';
import { KllFeed } from '../sketch/kll/kllFeed.ts';
import { Kll } from '../sketch/kll/kll.ts';
import { type Metric, TopList } from '../sketch/top/topList.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import { ApplicationStatistics } from './applications.ts';
import { quantileCoins } from './coin.ts';
import { Counters } from './counters.ts';
import { FlowKeys, HOST_WORDS, PAIR_WORDS, SERVICE_WORDS } from './flowKeys.ts';
import { Health } from './health.ts';
import { KeyedFeed } from './keyedFeed.ts';
import { LG_K } from './kinds.ts';
import { scopeOf, Split } from './split.ts';
import { Summary } from './summary.ts';

/** Places in `ended`. */
export const Ended = { OCTETS: 0, SECONDS: 1, HANDSHAKE: 2, RETRANSMITTED: 3 } as const;

export interface StatisticsOptions {
  /** Counts distinct items in sets too, up to 4,096 of each (`picket read`). */
  readonly exact: boolean;
  /** Different keys up to which a top list is exact. */
  readonly topCapacity: number;
  /** What decides which key leaves a full list. */
  readonly by: Metric;
  /** Which addresses are local; IANA's non-global blocks if absent. */
  readonly local?: NetworkSet;
  /** The deployment's seed and the length of windows: the keyed statistics are kept. */
  readonly keyed?: { readonly seed: Uint8Array; readonly windowSeconds: number };
  /** The window's number: decides the quantiles' coins, so that one capture gives the same bytes twice, and the sample. */
  readonly number?: number;
  /** The tap's share of those coins (`coinOf`). */
  readonly coin?: number;
}

/**
 * The statistics of one window or one run while they are being added up: fed once a flow and window, not once a packet.
 * `toSummary` gives what can be merged, encoded and shown.
 *
 * `feed` allocates nothing but what growing lists need. Each key is hashed once, and once more where it is keyed. Cost on a
 * busy site (22,000 addresses, lists full): about 0.7 us a flow with traffic both ways, 0.9 us with a seed
 * (`npm run bench -- sections` has it by section).
 */
export class Statistics {
  /** The counts of the next `feed`, preset by the caller: packets and octets that A sent, packets and octets that B sent. */
  readonly deltas: Float64Array = new Float64Array(4);
  /** Of the connection that `connectionEnded` is about, by `Ended`; NaN where something is not known. */
  readonly ended: Float64Array = new Float64Array(4);

  readonly counters: Counters = new Counters();
  readonly health: Health = new Health();
  readonly sources: Split<Distinct>;
  readonly destinations: Split<Distinct>;
  readonly pairs: Split<Distinct>;
  readonly flows: Split<Distinct>;
  readonly services: Distinct;
  readonly topHosts: Split<TopList>;
  readonly topSources: Split<TopList>;
  readonly topDestinations: Split<TopList>;
  readonly topPairs: Split<TopList>;
  readonly topServices: TopList;
  /** Octets and seconds of the connections that ended; of TCP's also the handshake's seconds and the share sent again. */
  readonly sizes: KllFeed;
  readonly durations: KllFeed;
  readonly handshakes: KllFeed;
  readonly retransmits: KllFeed;
  readonly keyed: KeyedFeed | undefined;
  /** What application protocols add. */
  readonly applications: ApplicationStatistics;

  readonly #local: NetworkSet;
  readonly #scope: number;
  readonly #coin: number;
  readonly #keys: FlowKeys;
  readonly #service: Uint32Array = new Uint32Array(SERVICE_WORDS);
  /** Octets of the flow at hand, for what takes a double by its place. */
  readonly #octets: Float64Array = new Float64Array(1);

  /** `hasher`: one a thread is enough, making one takes 0.2 ms. */
  constructor(options: StatisticsOptions, hasher: KeyHasher = new KeyHasher()) {
    const { exact, topCapacity, by, number = 0, keyed } = options;
    this.#local = options.local ?? new NetworkSet(nonGlobalNetworks);
    this.#scope = scopeOf(this.#local.fingerprint);
    this.#keys = new FlowKeys(hasher);
    const distinct = (): Distinct => new Distinct(exact, LG_K);
    const list = (width: number): TopList => new TopList(width, topCapacity, by);
    this.sources = new Split(distinct(), distinct(), this.#scope);
    this.destinations = new Split(distinct(), distinct(), this.#scope);
    this.pairs = new Split(distinct(), distinct(), this.#scope);
    this.flows = new Split(distinct(), distinct(), this.#scope);
    this.services = distinct();
    this.topHosts = new Split(list(HOST_WORDS), list(HOST_WORDS), this.#scope);
    this.topSources = new Split(list(HOST_WORDS), list(HOST_WORDS), this.#scope);
    this.topDestinations = new Split(list(HOST_WORDS), list(HOST_WORDS), this.#scope);
    this.topPairs = new Split(list(PAIR_WORDS), list(PAIR_WORDS), this.#scope);
    this.topServices = list(SERVICE_WORDS);
    this.applications = new ApplicationStatistics(exact, topCapacity, by, this.counters, hasher);
    this.#coin = options.coin ?? 0;
    const coin = number ^ this.#coin;
    this.sizes = new KllFeed(new Kll(coin ^ quantileCoins.sizes));
    this.durations = new KllFeed(new Kll(coin ^ quantileCoins.durations));
    this.handshakes = new KllFeed(new Kll(coin ^ quantileCoins.handshakes));
    this.retransmits = new KllFeed(new Kll(coin ^ quantileCoins.retransmits));
    this.keyed = keyed === undefined ? undefined : new KeyedFeed(keyed.seed, keyed.windowSeconds);
    this.keyed?.begin(number);
  }

  /**
   * Adds what a flow did: its ends A and B are `address[at .. at + 8)` (big-endian readings), its counts stand in
   * `deltas`.
   *
   * - `realm`: the realm's word (`realmWord`), 0 for the default one.
   * - `service`: the responder's, as `serviceKey` makes it, or -1.
   * - `isFlow`: false for frames of fragments, which count for hosts and pairs only. Outer tunnel flows are not fed.
   */
  feed(
    address: Uint32Array,
    at: number,
    realm: number,
    protocol: number,
    portA: number,
    portB: number,
    service: number,
    isFlow: boolean,
  ): void {
    const deltas = this.deltas;
    const packetsA = deltas[0]!;
    const octetsA = deltas[1]!;
    const packetsB = deltas[2]!;
    const octetsB = deltas[3]!;
    const packets = packetsA + packetsB;
    if (packets === 0) return;
    const octets = octetsA + octetsB;
    const keys = this.#keys;
    const { words } = keys;
    const { h } = keys.hasher;
    const octetsOfFlow = this.#octets;
    octetsOfFlow[0] = octets;
    keys.set(address, at, realm);
    const isLocalA = this.#local.has(address, at);
    const isLocalB = this.#local.has(address, at + 4);
    const { keyed } = this;

    keys.hashA();
    let hash = h[1]!;
    if (packetsA !== 0) {
      (isLocalA ? this.sources.local : this.sources.remote).addHash(h);
      const list = isLocalA ? this.topSources.local : this.topSources.remote;
      list.addHashed(hash, words, FlowKeys.A, packetsA, octetsA);
    }
    if (packetsB !== 0) {
      (isLocalA ? this.destinations.local : this.destinations.remote).addHash(h);
      const list = isLocalA ? this.topDestinations.local : this.topDestinations.remote;
      list.addHashed(hash, words, FlowKeys.A, packetsB, octetsB);
    }
    (isLocalA ? this.topHosts.local : this.topHosts.remote).addHashed(hash, words, FlowKeys.A, packets, octets);
    if (keyed !== undefined) keyed.addAddress(keys, false, octetsOfFlow, 0);
    const hashOfA = hash;

    keys.hashB();
    hash = h[1]!;
    if (packetsB !== 0) {
      (isLocalB ? this.sources.local : this.sources.remote).addHash(h);
      const list = isLocalB ? this.topSources.local : this.topSources.remote;
      list.addHashed(hash, words, FlowKeys.B, packetsB, octetsB);
    }
    if (packetsA !== 0) {
      (isLocalB ? this.destinations.local : this.destinations.remote).addHash(h);
      const list = isLocalB ? this.topDestinations.local : this.topDestinations.remote;
      list.addHashed(hash, words, FlowKeys.B, packetsA, octetsA);
    }
    // What a host sends to itself counts once for it.
    if (hash !== hashOfA || !sameHost(words)) {
      (isLocalB ? this.topHosts.local : this.topHosts.remote).addHashed(hash, words, FlowKeys.B, packets, octets);
      if (keyed !== undefined) keyed.addAddress(keys, true, octetsOfFlow, 0);
    }

    const isLocal = isLocalA && isLocalB;
    const pairs = isLocal ? this.pairs.local : this.pairs.remote;
    const topPairs = isLocal ? this.topPairs.local : this.topPairs.remote;
    if (packetsA !== 0) {
      keys.hashPairAB();
      pairs.addHash(h);
      topPairs.addHashed(h[1]!, words, FlowKeys.A, packetsA, octetsA);
    }
    if (packetsB !== 0) {
      keys.hashPairBA();
      pairs.addHash(h);
      topPairs.addHashed(h[1]!, words, FlowKeys.B, packetsB, octetsB);
    }
    if (!isFlow) return;
    keys.hashFlow(protocol, portA, portB);
    (isLocal ? this.flows.local : this.flows.remote).addHash(h);
    if (keyed !== undefined) keyed.addFlow(keys, octetsOfFlow, 0);
    if (service < 0) return;
    keys.hashService(service);
    this.services.addHash(h);
    this.#service[0] = service;
    this.topServices.addHashed(h[1]!, this.#service, 0, packets, octets);
  }

  /**
   * Empty again, with the memory that it has, for the window `number`: a sensor that has warmed up allocates nothing
   * while it feeds. What `toSummary` gave must not be used any more.
   */
  reset(number: number): void {
    this.counters.values.clear();
    this.health.gauges.clear();
    for (const split of [this.sources, this.destinations, this.pairs, this.flows]) {
      split.local.reset();
      split.remote.reset();
    }
    this.services.reset();
    for (const split of [this.topHosts, this.topSources, this.topDestinations, this.topPairs]) {
      split.local.reset();
      split.remote.reset();
    }
    this.topServices.reset();
    this.applications.reset();
    const coin = number ^ this.#coin;
    this.sizes.reset(coin ^ quantileCoins.sizes);
    this.durations.reset(coin ^ quantileCoins.durations);
    this.handshakes.reset(coin ^ quantileCoins.handshakes);
    this.retransmits.reset(coin ^ quantileCoins.retransmits);
    this.keyed?.begin(number);
  }

  /** A connection ended in this window: what is known of it stands in `ended`. */
  connectionEnded(): void {
    this.sizes.updateFrom(this.ended, Ended.OCTETS);
    this.durations.updateFrom(this.ended, Ended.SECONDS);
    this.handshakes.updateFrom(this.ended, Ended.HANDSHAKE);
    this.retransmits.updateFrom(this.ended, Ended.RETRANSMITTED);
  }

  /**
   * What was added up. Lists are copied; counters and sketches are shared with it, so this is the end of feeding. With
   * `listRows`, lists are cut to the union of the first so many by octets and by packets, as a window ships them.
   */
  toSummary(listRows?: number): Summary {
    const rows = ({ local, remote, scope }: Split<TopList>): Split<TopRows> =>
      new Split(local.toRows(listRows), remote.toRows(listRows), scope);
    return new Summary(
      {
        counters: this.counters,
        health: this.health,
        sources: this.sources,
        destinations: this.destinations,
        pairs: this.pairs,
        flows: this.flows,
        services: this.services,
        names: this.applications.names,
        serverNames: this.applications.serverNames,
        topHosts: rows(this.topHosts),
        topSources: rows(this.topSources),
        topDestinations: rows(this.topDestinations),
        topPairs: rows(this.topPairs),
        topServices: this.topServices.toRows(listRows),
        statusClients: this.applications.statusClients.toRows(listRows),
        statusServers: this.applications.statusServers.toRows(listRows),
        sizes: this.sizes.take(),
        durations: this.durations.take(),
        handshakes: this.handshakes.take(),
        retransmits: this.retransmits.take(),
      },
      this.keyed?.toValues(),
    );
  }
}

function sameHost(words: Uint32Array): boolean {
  for (let i = 0; i < HOST_WORDS; i++) if (words[i] !== words[HOST_WORDS + i]) return false;
  return true;
}
