import { ClientIndex } from './clientIndex.ts';
import { type DnsCount, type DnsDigest, NO_ANSWER, OTHER_TYPE } from './digest.ts';
import { ItemHash } from './itemHash.ts';
import { NameIndex } from './nameIndex.ts';
import { PairTable } from './pairTable.ts';
import { RTT_BUCKETS, rttBucket } from './rttBuckets.ts';
import { noEncrypted, type SealedDigest, type SealedPeriod, TOTAL_SKETCHES, TotalSketch } from './sealedPeriod.ts';
import { Sight, SightTable } from './sightTable.ts';
import type { DigestSizes } from './sizes.ts';
import { SketchArena } from './sketchArena.ts';
import { TupleTable } from './tupleTable.ts';

/** What it is told of: a query with its answer, or one of them alone. The sensor's `DnsExchange` is one. */
export interface DnsObservation {
  readonly time: number;
  /** Client and server, four words each. */
  readonly ends: Uint32Array;
  readonly serverPort: number;
  readonly opcode: number;
  readonly hasQuery: boolean;
  readonly hasReply: boolean;
  readonly name: string;
  readonly qtype: number | undefined;
  readonly rcode: number | undefined;
  readonly rtt: number;
  readonly answers: readonly { owner: string; rrtype: number; rdata: string; ttl: number }[];
  readonly answerCount: number;
}

/** Queries of one kind that are a row by themselves, however many others there are. */
export const ROW_LEAST = 20;
/** A row's times are kept from this query of its on; those of the first tuples, an eighth of the room, from the first. */
const TIMED_FROM = 12;
const TIMED_AT_ONCE = 8;
/** Rows of a period; beyond, those of fewer queries are in "other". */
const MOST_ROWS = 131_072;
/** Kinds of queries (type and rcode) that a period tells apart, the last one for all others. */
const MOST_KINDS = 255;
const NXDOMAIN = 3;
/** Names of the local link: NetBIOS, mDNS, LLMNR. */
const localPorts: ReadonlySet<number> = new Set([137, 5353, 5355]);

/** A sight in a word: client (all ones: none), kind, bucket of the time (all ones: none), and one more. */
const NO_CLIENT = 0xffff;
const NO_BUCKET = 63;

function sightOf(client: number, kind: number, bucket: number): number {
  return (((client & NO_CLIENT) << 14) | (kind << 6) | bucket) + 1;
}

export interface AccumulatorOptions {
  readonly sizes: DigestSizes;
  /** Random words. */
  readonly seeds: readonly [number, number, number];
}

/**
 * Makes the digest of a period out of exchanges, in memory that is set beforehand. A tuple (client, name, type, rcode) is
 * counted exactly from its first query on. The first names take a place of their own at once, others with their third query:
 * the sights before wait without their texts. What finds no room is in "other", and counted as shed. No clock in it: times come with what is told.
 */
export class DnsAccumulator {
  readonly #sizes: DigestSizes;
  readonly #hash: ItemHash = new ItemHash();
  readonly #clients: ClientIndex;
  readonly #names: NameIndex;
  readonly #sights: SightTable;
  readonly #tuples: TupleTable;
  readonly #sketches: SketchArena;
  readonly #clientSketches: number;
  readonly #pairs: PairTable;
  /** By type and rcode: kind. */
  readonly #kinds: Map<number, number> = new Map();
  /** By place of a tuple: number of its times. */
  readonly #timed: Map<number, number> = new Map();
  readonly #times: Uint16Array;
  readonly #rtt: Float64Array = new Float64Array(RTT_BUCKETS);
  readonly #kindCounts: Float64Array = new Float64Array(MOST_KINDS + 1);
  readonly #tuple: Uint32Array = new Uint32Array(5);
  #queries = 0;
  #responses = 0;
  #unasked = 0;
  #local = 0;
  #opcodes = 0;
  #shed = 0;

  constructor({ sizes, seeds }: AccumulatorOptions) {
    this.#sizes = sizes;
    this.#clients = new ClientIndex(sizes.clients, [seeds[0], seeds[1]]);
    this.#names = new NameIndex(sizes.names);
    this.#sights = new SightTable(sizes.sights, seeds[2]);
    this.#tuples = new TupleTable(sizes.tuples);
    this.#clientSketches = TOTAL_SKETCHES + sizes.names;
    this.#sketches = new SketchArena(sizes.sketches, this.#clientSketches + sizes.clients);
    this.#reserve();
    this.#pairs = new PairTable(sizes.pairs);
    this.#times = new Uint16Array(sizes.timed * RTT_BUCKETS);
  }

  /** Pairs that are known, pairs that went for want of room. */
  get pairs(): { known: number; evicted: number } {
    return { known: this.#pairs.size, evicted: this.#pairs.evicted };
  }

  get hasFresh(): boolean {
    return this.#pairs.hasFresh;
  }

  /** Counts an exchange; nothing of it is kept but texts. */
  note(exchange: DnsObservation): void {
    if (localPorts.has(exchange.serverPort)) return void this.#local++;
    if (exchange.opcode !== 0) return void this.#opcodes++;
    const { qtype, rcode } = exchange;
    for (let i = 0; i < exchange.answerCount; i++) {
      const { owner, rrtype, rdata, ttl } = exchange.answers[i]!;
      this.#pairs.see(owner, rrtype, rdata, ttl, exchange.time);
    }
    if (qtype === undefined) return;
    this.#queries++;
    if (exchange.hasReply) this.#responses++;
    if (!exchange.hasQuery) this.#unasked++;
    const kind = this.#kindOf(qtype, rcode ?? NO_ANSWER);
    this.#kindCounts[kind]! += 1;
    const bucket = Number.isNaN(exchange.rtt) ? NO_BUCKET : rttBucket(exchange.rtt);
    if (bucket !== NO_BUCKET) this.#rtt[bucket]! += 1;
    const isNxdomain = rcode === NXDOMAIN;
    const client = this.#client(exchange.ends, isNxdomain);
    const known = this.#names.of(exchange.name);
    if (known === undefined) this.#unnamed(exchange.name, client, kind, bucket, isNxdomain);
    else {
      if (client >= 0) this.#sketches.add(this.#clientSketches + client, this.#names.a[known]!, this.#names.b[known]!);
      this.#named(known, client, kind, bucket, isNxdomain);
    }
  }

  /** Pairs that were not known before, to be told at once. */
  takeFresh(span: SealedDigest['span']): SealedDigest {
    return {
      span: { ...span, seconds: 0 },
      pairs: this.#pairs.takeFresh(),
      period: undefined,
      encrypted: noEncrypted(),
    };
  }

  /** What was counted since the last seal, which then begins anew; pairs stay known. */
  seal(span: SealedDigest['span'], encrypted: DnsDigest['encrypted'] = noEncrypted()): SealedDigest {
    const period = this.#period();
    const pairs = this.#pairs.takeAll();
    this.#clear();
    return { span, pairs, period, encrypted };
  }

  #client(ends: Uint32Array, isNxdomain: boolean): number {
    const clients = this.#clients;
    const before = clients.count;
    const client = clients.of(ends, 0);
    if (client >= 0) {
      clients.queries[client]! += 1;
      if (isNxdomain) clients.nxdomain[client]! += 1;
      if (clients.count !== before) this.#sketches.add(TotalSketch.CLIENTS, clients.a[client]!, clients.b[client]!);
    } else {
      this.#hash.words(ends, 0, 4);
      this.#sketches.add(TotalSketch.CLIENTS, this.#hash.a, this.#hash.b);
    }
    return client;
  }

  /** A query for a name that has no number. */
  #unnamed(name: string, client: number, kind: number, bucket: number, isNxdomain: boolean): void {
    const hash = this.#hash;
    hash.name(name);
    const { a, b } = hash;
    if (client >= 0) this.#sketches.add(this.#clientSketches + client, a, b);
    this.#sketches.add(TotalSketch.NAMES, a, b);
    if (this.#names.texts.length < this.#sizes.firstNames) {
      const first = this.#names.add(name, a, b);
      if (first >= 0) return this.#named(first, client, kind, bucket, isNxdomain);
    }
    const sights = this.#sights;
    const seen = sights.see(a, b, sightOf(client, kind, bucket));
    if (seen === Sight.KEPT) return;
    if (seen === Sight.DISPLACED) return this.#drop();
    const { one, two } = sights;
    const number = this.#names.add(name, a, b);
    if (number < 0) {
      this.#shed++;
      this.#otherTuple(a, b, client, kind);
      return this.#drop();
    }
    this.#earlier(number, one);
    this.#earlier(number, two);
    this.#named(number, client, kind, bucket, isNxdomain);
  }

  /** A sight of a name before it had its number. */
  #earlier(number: number, sight: number): void {
    const bits = sight - 1;
    const client = bits >>> 14;
    const kind = (bits >>> 6) & 255;
    this.#named(number, client === NO_CLIENT ? -1 : client, kind, bits & 63, this.#rcodeOf(kind) === NXDOMAIN);
  }

  #named(name: number, client: number, kind: number, bucket: number, isNxdomain: boolean): void {
    const names = this.#names;
    names.queries[name]! += 1;
    if (isNxdomain) names.nxdomain[name]! += 1;
    if (client < 0) {
      this.#shed++;
      return;
    }
    const { a, b } = this.#clients;
    this.#sketches.add(TOTAL_SKETCHES + name, a[client]!, b[client]!);
    const count = this.#tuples.add(((name << 16) | client) >>> 0, kind);
    if (count === 0) {
      this.#shed++;
      this.#otherTuple(names.a[name]!, names.b[name]!, client, kind);
    } else {
      const { place } = this.#tuples;
      const isEarly = this.#timed.size * TIMED_AT_ONCE < this.#sizes.timed;
      if (bucket !== NO_BUCKET && (isEarly || count >= TIMED_FROM || this.#timed.has(place))) this.#time(place, bucket);
    }
  }

  #time(place: number, bucket: number): void {
    let number = this.#timed.get(place);
    if (number === undefined) {
      number = this.#timed.size;
      if (number === this.#sizes.timed) return;
      this.#timed.set(place, number);
    }
    const at = number * RTT_BUCKETS + bucket;
    if (this.#times[at]! < 0xffff) this.#times[at]! += 1;
  }

  /** The sights that the table of sights told of last are in "other" for good. */
  #drop(): void {
    const { one, two, a, b } = this.#sights;
    for (const sight of [one, two]) {
      if (sight === 0) continue;
      this.#shed++;
      this.#otherSight(a, b, sight);
    }
  }

  #otherSight(a: number, b: number, sight: number): void {
    const client = (sight - 1) >>> 14;
    this.#otherTuple(a, b, client === NO_CLIENT ? -1 : client, ((sight - 1) >>> 6) & 255);
  }

  #otherTuple(a: number, b: number, client: number, kind: number): void {
    const tuple = this.#tuple;
    tuple[0] = a;
    tuple[1] = b;
    tuple[2] = client < 0 ? 0 : this.#clients.a[client]!;
    tuple[3] = client < 0 ? 0 : this.#clients.b[client]!;
    tuple[4] = this.#typeAndRcode[kind]!;
    this.#hash.words(tuple, 0, 5);
    this.#sketches.add(TotalSketch.OTHER, this.#hash.a, this.#hash.b);
  }

  /** By kind: type in the upper 16 bits, rcode + 1 below (so that no answer is 0; rcodes have 12 bits). */
  readonly #typeAndRcode: Uint32Array = new Uint32Array(MOST_KINDS + 1);

  #kindOf(qtype: number, rcode: number): number {
    const both = ((qtype << 16) | ((rcode + 1) & 0xffff)) >>> 0;
    const kind = this.#kinds.get(both);
    if (kind !== undefined) return kind;
    if (this.#kinds.size === MOST_KINDS) return MOST_KINDS;
    const added = this.#kinds.size;
    this.#kinds.set(both, added);
    this.#typeAndRcode[added] = both;
    return added;
  }

  #rcodeOf(kind: number): number {
    return (this.#typeAndRcode[kind]! & 0xffff) - 1;
  }

  #typeOf(kind: number): number {
    return this.#typeAndRcode[kind]! >>> 16;
  }

  #period(): SealedPeriod {
    const rows = this.#rows();
    this.#sights.each(() => {
      const { a, b, one, two } = this.#sights;
      this.#otherSight(a, b, one);
      if (two !== 0) this.#otherSight(a, b, two);
    });
    const names = this.#names.texts.length;
    const clients = this.#clients.count;
    const { queries, nxdomain, words } = this.#clients;
    const kinds = new Int32Array(2 * (MOST_KINDS + 1));
    for (let kind = 0; kind <= MOST_KINDS; kind++) {
      kinds[2 * kind] = kind === MOST_KINDS ? OTHER_TYPE : this.#typeOf(kind);
      kinds[2 * kind + 1] = kind === MOST_KINDS ? NO_ANSWER : this.#rcodeOf(kind);
    }
    return {
      names: this.#names.texts.slice(),
      nameCounts: this.#names.queries.slice(0, names),
      nameNxdomain: this.#names.nxdomain.slice(0, names),
      clients: words.slice(0, clients * 4),
      clientCounts: queries.slice(0, clients),
      clientNxdomain: nxdomain.slice(0, clients),
      sketches: this.#sketches.contents(),
      clientSketches: this.#clientSketches,
      rows,
      times: this.#times.slice(0, this.#timed.size * RTT_BUCKETS),
      kinds,
      rtt: this.#rtt.slice(),
      counts: {
        queries: this.#queries,
        responses: this.#responses,
        unasked: this.#unasked,
        local: this.#local,
        opcodes: this.#opcodes,
        shed: this.#shed,
        pairs: this.#pairs.shed,
        unsketched: this.#sketches.shed,
      },
      types: this.#byKind((kind) => (kind === MOST_KINDS ? OTHER_TYPE : this.#typeOf(kind))),
      rcodes: this.#byKind((kind) => (kind === MOST_KINDS ? NO_ANSWER : this.#rcodeOf(kind))),
    };
  }

  #byKind(valueOf: (kind: number) => number): DnsCount[] {
    const counts = new Map<number, number>();
    for (const [kind, count] of this.#kindCounts.entries()) {
      if (count > 0) counts.set(valueOf(kind), (counts.get(valueOf(kind)) ?? 0) + count);
    }
    return [...counts].map(([value, count]) => ({ value, count }));
  }

  /** The tuples that are rows; all others are added to those of "other". */
  #rows(): Uint32Array {
    const { a, b } = this.#names;
    const least = this.#least();
    const rows: number[] = [];
    this.#tuples.each((place, key, kind, count) => {
      const name = key >>> 16;
      const client = key & 0xffff;
      if (count < least || kind === MOST_KINDS) this.#otherTuple(a[name]!, b[name]!, client, kind);
      else rows.push(name, client, kind, count, (this.#timed.get(place) ?? -1) + 1);
    });
    return Uint32Array.from(rows);
  }

  /** Queries that a row has at least, so that there are not too many: `ROW_LEAST`, or fewer while rows are few. */
  #least(): number {
    const counts = new Float64Array(1024);
    this.#tuples.each((_place, _key, _kind, count) => {
      counts[Math.min(counts.length - 1, count)]! += 1;
    });
    let rows = 0;
    for (let least = counts.length - 1; least >= 1; least--) {
      rows += counts[least]!;
      if (rows > (least >= ROW_LEAST ? MOST_ROWS : this.#sizes.fewRows)) return least + 1;
    }
    return 1;
  }

  /** Totals hold whatever names and clients take. */
  #reserve(): void {
    for (const sketch of Object.values(TotalSketch)) this.#sketches.reserve(sketch);
  }

  #clear(): void {
    this.#clients.clear();
    this.#names.clear();
    this.#sights.clear();
    this.#tuples.clear();
    this.#sketches.clear();
    this.#reserve();
    this.#kinds.clear();
    this.#timed.clear();
    this.#times.fill(0);
    this.#rtt.fill(0);
    this.#kindCounts.fill(0);
    this.#pairs.shed = 0;
    this.#queries = this.#responses = this.#unasked = this.#local = this.#opcodes = this.#shed = 0;
  }
}
