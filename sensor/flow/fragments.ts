/**
 * IP reassembly (RFC 791, 815, 8200), for IPv4 and IPv6 alike, in memory of a fixed bound.
 *
 * Fragments are kept in units of eight octets, as the header counts them; a bit a unit says what is there. Overlaps are
 * resolved first-wins, unit by unit. A fragment that brings nothing new and has the same bytes is a duplicate; every
 * other one that overlaps is counted in `overlaps`: some systems let the last win, so such a datagram may be read
 * differently by its receiver.
 *
 * Like Linux (net/ipv4/inet_fragment.c): a datagram has 30 s from its first fragment, IPv4's key has the protocol and
 * IPv6's has not, the inner end of an IPv4 fragment that is no multiple of eight is cut. When there is no room the oldest
 * datagram goes. Each fragment that was seen ends up in `reassembled` or in `unmatched`: after `flush`, seen is their sum.
 */
import { IpProtocol } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import { Reason } from '../../core/packet/verdict.ts';
import type { FlowClock } from './clock.ts';
import { FragmentPool, PAGE_BYTES, PAGE_SHIFT } from './fragmentPool.ts';
import { rebuildHeader } from './fragmentHeader.ts';

export const FragmentResult = { HELD: 0, COMPLETE: 1, REFUSED: 2 } as const;

export interface FragmentLimits {
  /** Datagrams that are put together at the same time. */
  readonly datagrams: number;
  /** Fragments of one datagram; one of 65,535 octets over the smallest link (68 octets) has 1,366. */
  readonly fragments: number;
  /** Bytes of all datagrams. */
  readonly bytes: number;
  /** From a datagram's first fragment. */
  readonly seconds: number;
  /** Mixed into the hash of the key; random where others may choose keys. */
  readonly seed: number;
}

export const fragmentLimits: FragmentLimits = {
  datagrams: 4096,
  fragments: 2048,
  bytes: 16 * 1024 * 1024,
  seconds: 30,
  seed: 0x2545f491,
};

const MAX_LENGTH = 65_535;
/** Bytes kept of what stands before the fragmented part: IPv4's header, or IPv6's with its unfragmentable headers. */
const HEADER_BYTES = 256;
const PAGES = 33;
const UNIT_WORDS = 256;
const NONE = -1;

export class FragmentTable {
  /** After COMPLETE: the datagram as one IP packet in memory of ours, valid until the next `add`. */
  readonly datagram: Uint8Array;
  readonly view: DataView;
  length = 0;
  /** Fragments that the datagram came in, and the sum of their frames' octets. */
  frames = 0;
  octets = 0;
  /** After REFUSED: a `Reason`, or NONE when it was dropped for want of room. */
  reason = 0;

  /** Fragments since the start. */
  seen = 0;
  reassembled = 0;
  unmatched = 0;
  overlaps = 0;
  duplicates = 0;
  /** Datagrams since the start: whole ones, and those that had to make room. */
  datagrams = 0;
  evicted = 0;
  /** Datagrams that wait for more. */
  inUse = 0;

  readonly #clock: FlowClock;
  readonly #limits: FragmentLimits;
  readonly #pool: FragmentPool;
  readonly #heads: Int32Array;
  readonly #chain: Int32Array;
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  readonly #key: Uint32Array;
  readonly #bucket: Int32Array;
  readonly #born: Float64Array;
  readonly #octets: Float64Array;
  readonly #count: Int32Array;
  readonly #total: Int32Array;
  readonly #reach: Int32Array;
  readonly #units: Int32Array;
  readonly #headerLength: Int32Array;
  readonly #header: Uint8Array;
  readonly #protocol: Uint8Array;
  readonly #pages: Int32Array;
  readonly #bits: Uint32Array;
  readonly #free: Int32Array;
  #freeCount: number;
  #oldest = NONE;
  #newest = NONE;

  constructor(clock: FlowClock, limits: FragmentLimits = fragmentLimits) {
    const n = limits.datagrams;
    this.#clock = clock;
    this.#limits = limits;
    this.#pool = new FragmentPool(limits.bytes);
    let buckets = 16;
    while (buckets < n * 2) buckets *= 2;
    this.#heads = new Int32Array(buckets).fill(NONE);
    this.#chain = new Int32Array(n);
    this.#older = new Int32Array(n);
    this.#newer = new Int32Array(n);
    this.#key = new Uint32Array(n * 10);
    this.#bucket = new Int32Array(n);
    this.#born = new Float64Array(n);
    this.#octets = new Float64Array(n);
    this.#count = new Int32Array(n);
    this.#total = new Int32Array(n);
    this.#reach = new Int32Array(n);
    this.#units = new Int32Array(n);
    this.#headerLength = new Int32Array(n);
    this.#header = new Uint8Array(n * HEADER_BYTES);
    this.#protocol = new Uint8Array(n);
    this.#pages = new Int32Array(n * PAGES);
    this.#bits = new Uint32Array(n * UNIT_WORDS);
    this.#free = new Int32Array(n);
    for (let i = 0; i < n; i++) this.#free[i] = n - 1 - i;
    this.#freeCount = n;
    // Whole pages are copied, so there is room for one more.
    this.datagram = new Uint8Array(HEADER_BYTES + PAGES * PAGE_BYTES);
    this.view = new DataView(this.datagram.buffer);
  }

  /** Bytes of the pages that hold fragments. */
  get bytesInUse(): number {
    return this.#pool.used;
  }

  /** A fragment by name only (RFC 6946): whole as it came. */
  countAtomic(): void {
    this.seen++;
    this.reassembled++;
  }

  /**
   * Takes in the fragment that `fields` describes (its bytes are copied). `frameOctets` is what its frame counts for.
   */
  add(fields: PacketFields, frameOctets: number): number {
    this.seen++;
    this.expire();
    const start = fields.fragmentOffset;
    let size = fields.payloadLength;
    const headerLength = fields.fragmentPayload - fields.fragmentHeader - (fields.ipVersion === 6 ? 8 : 0);
    if (fields.payloadCaptured < size) return this.#refuse(Reason.FRAGMENT_TRUNCATED);
    if (fields.fragmentMore === 1 && (size & 7) !== 0) {
      if (fields.ipVersion === 6) return this.#refuse(Reason.FRAGMENT_LENGTH);
      size &= ~7;
    }
    if (size <= 0) return this.#refuse(Reason.FRAGMENT_LENGTH);
    const counted = fields.ipVersion === 6 ? headerLength - 40 : headerLength;
    if (start + size + counted > MAX_LENGTH) return this.#refuse(Reason.FRAGMENT_LENGTH);
    if (isTiny(fields, start, size)) return this.#refuse(Reason.FRAGMENT_TINY);
    if (start === 0 && headerLength > HEADER_BYTES) return this.#refuse(Reason.FRAGMENT_LIMIT);

    let d = this.#find(fields);
    if (d === NONE) d = this.#create(fields);
    const end = start + size;
    const total = this.#total[d]!;
    if (
      total >= 0
        ? end > total || (fields.fragmentMore === 0 && end !== total)
        : fields.fragmentMore === 0 && end < this.#reach[d]!
    ) {
      return this.#refuse(Reason.FRAGMENT_TEARDROP);
    }
    if (this.#count[d]! >= this.#limits.fragments || !this.#reserve(d, start, end)) {
      if (this.#count[d] === 0) this.#drop(d);
      return this.#refuse(Reason.FRAGMENT_LIMIT);
    }
    this.#count[d]!++;
    this.#octets[d]! += frameOctets;
    if (fields.fragmentMore === 0) this.#total[d] = end;
    if (end > this.#reach[d]!) this.#reach[d] = end;
    if (start === 0 && this.#headerLength[d] === 0) this.#keepHeader(d, fields, headerLength);
    this.#store(d, fields, start, end);
    const known = this.#total[d]!;
    if (known < 0 || this.#units[d] !== (known + 7) >> 3) return FragmentResult.HELD;
    return this.#complete(d);
  }

  /** Gives up datagrams whose time is over. Cheap when there is none. */
  expire(): void {
    const limit = this.#clock.now[0]! - this.#limits.seconds;
    while (this.#oldest !== NONE && this.#born[this.#oldest]! < limit) this.#abandon(this.#oldest);
  }

  /** The capture is over: what still waits will never be whole. */
  flush(): void {
    while (this.#oldest !== NONE) this.#abandon(this.#oldest);
  }

  #refuse(reason: number): number {
    this.unmatched++;
    this.reason = reason;
    return FragmentResult.REFUSED;
  }

  #hash(fields: PacketFields): number {
    const { address } = fields;
    let h = Math.imul(fields.fragmentId ^ this.#limits.seed, 0x9e3779b1);
    for (let i = 0; i < 8; i++) h = Math.imul(h ^ address[i]! ^ (h >>> 15), 0x85ebca6b);
    h ^= h >>> 13;
    return Math.imul(h, 0xc2b2ae35) >>> 16;
  }

  #find(fields: PacketFields): number {
    const bucket = this.#hash(fields) & (this.#heads.length - 1);
    for (let d = this.#heads[bucket]!; d !== NONE; d = this.#chain[d]!) {
      if (this.#isKey(d, fields)) return d;
    }
    return NONE;
  }

  #isKey(d: number, fields: PacketFields): boolean {
    const key = this.#key;
    const at = d * 10;
    if (key[at + 8] !== fields.fragmentId >>> 0 || key[at + 9] !== kind(fields)) return false;
    for (let i = 0; i < 8; i++) if (key[at + i] !== fields.address[i]) return false;
    return true;
  }

  #create(fields: PacketFields): number {
    if (this.#freeCount === 0) this.#evict();
    const d = this.#free[--this.#freeCount]!;
    const at = d * 10;
    for (let i = 0; i < 8; i++) this.#key[at + i] = fields.address[i]!;
    this.#key[at + 8] = fields.fragmentId;
    this.#key[at + 9] = kind(fields);
    const bucket = this.#hash(fields) & (this.#heads.length - 1);
    this.#bucket[d] = bucket;
    this.#chain[d] = this.#heads[bucket]!;
    this.#heads[bucket] = d;
    this.#older[d] = this.#newest;
    this.#newer[d] = NONE;
    if (this.#newest === NONE) this.#oldest = d;
    else this.#newer[this.#newest] = d;
    this.#newest = d;
    this.#born[d] = this.#clock.now[0]!;
    this.#octets[d] = 0;
    this.#count[d] = 0;
    this.#total[d] = -1;
    this.#reach[d] = 0;
    this.#units[d] = 0;
    this.#headerLength[d] = 0;
    this.#pages.fill(NONE, d * PAGES, (d + 1) * PAGES);
    this.#bits.fill(0, d * UNIT_WORDS, (d + 1) * UNIT_WORDS);
    this.inUse++;
    return d;
  }

  /** Has a page for every byte of [start, end); makes room by dropping older datagrams, but never this one. */
  #reserve(d: number, start: number, end: number): boolean {
    for (let p = start >> PAGE_SHIFT; p <= (end - 1) >> PAGE_SHIFT; p++) {
      if (this.#pages[d * PAGES + p] !== NONE) continue;
      let page = this.#pool.take();
      while (page === NONE) {
        const victim = this.#oldest === d ? this.#newer[d]! : this.#oldest;
        if (victim === NONE) return false;
        this.evicted++;
        this.#abandon(victim);
        page = this.#pool.take();
      }
      this.#pages[d * PAGES + p] = page;
    }
    return true;
  }

  #keepHeader(d: number, fields: PacketFields, length: number): void {
    const { bytes, fragmentHeader } = fields;
    const at = d * HEADER_BYTES;
    for (let i = 0; i < length; i++) this.#header[at + i] = bytes[fragmentHeader + i]!;
    this.#headerLength[d] = length;
    // IPv6: what stands behind the Fragment header takes its place.
    this.#protocol[d] = fields.protocol;
  }

  #store(d: number, fields: PacketFields, start: number, end: number): void {
    const { bytes } = fields;
    const bits = this.#bits;
    const source = fields.fragmentPayload - start;
    let fresh = 0;
    let differs = 0;
    let old = 0;
    for (let unit = start >> 3; unit << 3 < end; unit++) {
      const from = unit << 3;
      const to = from + 8 < end ? from + 8 : end;
      const page = this.#pool.page(this.#pages[d * PAGES + (from >> PAGE_SHIFT)]!);
      const word = d * UNIT_WORDS + (unit >> 5);
      const bit = 1 << (unit & 31);
      if ((bits[word]! & bit) === 0) {
        bits[word] = bits[word]! | bit;
        for (let i = from; i < to; i++) page[i & (PAGE_BYTES - 1)] = bytes[source + i]!;
        fresh++;
        continue;
      }
      old++;
      for (let i = from; i < to; i++) differs |= page[i & (PAGE_BYTES - 1)]! ^ bytes[source + i]!;
    }
    this.#units[d]! += fresh;
    if (old === 0) return;
    if (fresh === 0 && differs === 0) this.duplicates++;
    else this.overlaps++;
  }

  #complete(d: number): number {
    const total = this.#total[d]!;
    const headerLength = this.#headerLength[d]!;
    const { datagram } = this;
    for (let p = 0; p <= (total - 1) >> PAGE_SHIFT; p++) {
      datagram.set(this.#pool.page(this.#pages[d * PAGES + p]!), headerLength + (p << PAGE_SHIFT));
    }
    const at = d * HEADER_BYTES;
    for (let i = 0; i < headerLength; i++) datagram[i] = this.#header[at + i]!;
    this.length = headerLength + total;
    this.frames = this.#count[d]!;
    this.octets = this.#octets[d]!;
    const isHeader = rebuildHeader(datagram, this.view, headerLength, total, this.#protocol[d]!);
    if (!isHeader || this.length - (datagram[0]! >> 4 === 6 ? 40 : 0) > MAX_LENGTH) {
      // The unfragmentable headers contradict themselves: counted with the last fragment's verdict.
      this.unmatched += this.frames - 1;
      this.#drop(d);
      return this.#refuse(Reason.FRAGMENT_LENGTH);
    }
    this.reassembled += this.frames;
    this.datagrams++;
    this.#drop(d);
    return FragmentResult.COMPLETE;
  }

  #evict(): void {
    this.evicted++;
    this.#abandon(this.#oldest);
  }

  #abandon(d: number): void {
    this.unmatched += this.#count[d]!;
    this.#drop(d);
  }

  #drop(d: number): void {
    const pages = this.#pages;
    for (let p = d * PAGES; p < (d + 1) * PAGES; p++) {
      if (pages[p] !== NONE) this.#pool.give(pages[p]!);
    }
    const bucket = this.#bucket[d]!;
    if (this.#heads[bucket] === d) {
      this.#heads[bucket] = this.#chain[d]!;
    } else {
      let before = this.#heads[bucket]!;
      while (this.#chain[before] !== d) before = this.#chain[before]!;
      this.#chain[before] = this.#chain[d]!;
    }
    const older = this.#older[d]!;
    const newer = this.#newer[d]!;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    this.#free[this.#freeCount++] = d;
    this.inUse--;
  }
}

/** IP version, and the protocol where it is part of the key. */
/** What belongs to the key beside addresses and identification, the realm too: networks that overlap are kept apart. */
function kind(fields: PacketFields): number {
  return (fields.realm << 16) | (fields.ipVersion === 4 ? 4 | (fields.protocol << 8) : 6);
}

/**
 * Whether a fragment is cut so that filters can't see the transport header: a first one that does not hold it, or one
 * that begins where TCP's flags are (RFC 1858 with its 16 octets for TCP; RFC 3128).
 */
function isTiny(fields: PacketFields, start: number, size: number): boolean {
  switch (fields.protocol) {
    case IpProtocol.TCP:
      return start === 0 ? size < 16 : start === 8;
    case IpProtocol.SCTP:
      return start === 0 && size < 12;
    case IpProtocol.UDP:
    case IpProtocol.ICMP:
    case IpProtocol.ICMPV6:
      return start === 0 && size < 8;
    default:
      return false;
  }
}
