/** Characters of what a record says; longer ones are not kept. */
const MOST_RDATA = 1024;
/** New pairs that wait to be told at once; those beyond are told with their period. */
const MOST_FRESH = 4096;
/** Pairs that are passed over for one that goes, as they were seen since. */
const PATIENCE = 8;

interface Pair {
  readonly key: string;
  readonly rrname: string;
  readonly rrtype: number;
  readonly rdata: string;
  first: number;
  last: number;
  /** Sights since it was told last. */
  count: number;
  ttlMin: number;
  ttlMax: number;
  /** Seen since it was last passed over. */
  isUsed: boolean;
  /** It waits to be told, whether it is still in the table or not. */
  isFresh: boolean;
}

/** Pairs as columns, as they go to another thread. */
export interface PairColumns {
  readonly rrnames: readonly string[];
  readonly rdata: readonly string[];
  /** Six numbers a pair: type, first, last, count, least and largest TTL. */
  readonly numbers: Float64Array;
}

/**
 * Passive DNS: pairs of a name and what a record said of it, kept over periods, so that only those that were not known are
 * told at once. When there is no room, those seen longest ago go (roughly); one that comes again then is told as new.
 */
export class PairTable {
  /** Sights that nobody will be told of. */
  shed = 0;
  /** Pairs that went for want of room. */
  evicted = 0;
  readonly #most: number;
  readonly #pairs: Map<string, Pair> = new Map();
  #fresh: Pair[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#pairs.size;
  }

  see(rrname: string, rrtype: number, rdata: string, ttl: number, time: number): void {
    if (rdata.length > MOST_RDATA) return void this.shed++;
    const key = `${rrtype} ${rrname} ${rdata}`;
    const second = Math.max(0, Math.floor(time));
    const pair = this.#pairs.get(key) ?? this.#add(key, rrname, rrtype, rdata);
    if (pair.count === 0) {
      pair.first = pair.last = second;
      pair.ttlMin = pair.ttlMax = ttl;
    } else {
      if (second < pair.first) pair.first = second;
      if (second > pair.last) pair.last = second;
      if (ttl < pair.ttlMin) pair.ttlMin = ttl;
      if (ttl > pair.ttlMax) pair.ttlMax = ttl;
    }
    pair.count++;
    pair.isUsed = true;
  }

  /** Whether there are pairs to be told at once. */
  get hasFresh(): boolean {
    return this.#fresh.length > 0;
  }

  /** What is to be told at once: new pairs, and those that went before they were told. */
  takeFresh(): PairColumns {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const pair of fresh) pair.isFresh = false;
    return take(fresh);
  }

  /** All that was not told yet. */
  takeAll(): PairColumns {
    const gone = this.#fresh.filter((pair) => this.#pairs.get(pair.key) !== pair);
    for (const pair of this.#fresh) pair.isFresh = false;
    this.#fresh = [];
    return take([...gone, ...[...this.#pairs.values()].filter((pair) => pair.count > 0)]);
  }

  #add(key: string, rrname: string, rrtype: number, rdata: string): Pair {
    if (this.#pairs.size >= this.#most) this.#evict();
    const pair = { key, rrname, rrtype, rdata, first: 0, last: 0, count: 0, ttlMin: 0, ttlMax: 0 };
    const added: Pair = { ...pair, isUsed: true, isFresh: false };
    this.#pairs.set(key, added);
    this.#tellSoon(added);
    return added;
  }

  #tellSoon(pair: Pair): boolean {
    if (pair.isFresh) return true;
    if (this.#fresh.length >= MOST_FRESH) return false;
    pair.isFresh = true;
    this.#fresh.push(pair);
    return true;
  }

  #evict(): void {
    let passed = 0;
    // A map tells its entries in the order in which they were added.
    for (const [key, pair] of this.#pairs) {
      this.#pairs.delete(key);
      if (pair.isUsed && passed++ < PATIENCE) {
        pair.isUsed = false;
        this.#pairs.set(key, pair);
        continue;
      }
      this.evicted++;
      if (pair.count > 0 && !this.#tellSoon(pair)) this.shed += pair.count;
      return;
    }
  }
}

function take(pairs: readonly Pair[]): PairColumns {
  const numbers = new Float64Array(pairs.length * 6);
  for (const [i, pair] of pairs.entries()) {
    numbers.set([pair.rrtype, pair.first, pair.last, pair.count, pair.ttlMin, pair.ttlMax], i * 6);
    pair.count = 0;
  }
  return { rrnames: pairs.map(({ rrname }) => rrname), rdata: pairs.map(({ rdata }) => rdata), numbers };
}
