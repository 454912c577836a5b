import { formatAddress } from '../packet/address.ts';
import { ByteReader } from '../sketch/byteReader.ts';
import { Refusal } from '../sketch/refusal.ts';
import { BitReader } from './bits.ts';
import type { DnsClient, DnsCount, DnsDigest, DnsName, DnsPair, DnsQueries, DnsTraffic } from './digest.ts';
import { digestLimits } from './digest.ts';
import type { Distinct } from './distinct.ts';
import { readDistinct } from './distinctCodec.ts';
import { Data, DIGEST_VERSION } from './digestEncoder.ts';
import { RTT_BUCKETS, RttBuckets } from './rttBuckets.ts';
import { readTexts } from './texts.ts';

/** Why octets are no digest: thrown inside this file only. */
class Unfit {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The digest in those octets, or why there is none. Memory is in proportion to the octets and to `digestLimits`. */
export function decodeDigest(bytes: Uint8Array): DnsDigest | Refusal {
  try {
    return new DigestReader(bytes).read();
  } catch (error) {
    if (error instanceof Unfit) return new Refusal('dns digest', error.reason);
    throw error;
  }
}

class DigestReader {
  readonly #in: ByteReader;
  readonly #length: number;
  #texts: readonly string[] = [];
  #addresses: readonly string[] = [];

  constructor(bytes: Uint8Array) {
    this.#in = new ByteReader(bytes);
    this.#length = bytes.length;
  }

  read(): DnsDigest {
    const from = this.#in;
    this.#check(this.#length <= digestLimits.octets, 'too long');
    this.#check(from.u8() === DIGEST_VERSION, 'version');
    const tap = new TextDecoder().decode(from.bytes(from.varint()));
    const start = from.f64();
    const seconds = from.varint();
    const coveredFrom = from.f64();
    const coveredTo = from.f64();
    this.#check(isSpan(start, seconds, coveredFrom, coveredTo), 'span');
    this.#check(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u.test(tap), 'tap');
    const texts = readTexts(from);
    if (typeof texts === 'string') throw new Unfit(texts);
    this.#texts = texts;
    this.#addresses = this.#readAddresses();
    const queries = this.#readQueries();
    const names = this.#readCounted((i) => this.#text(i));
    const clients = this.#readCounted((i) => this.#address(i));
    const pairs = this.#readPairs(Math.floor(coveredFrom));
    const [otherQueries, unnamed, clientless, shed, otherPairs, unsketched] = this.#numbers(6);
    const [asked, responses, unasked, local, opcodes] = this.#numbers(5);
    const types = this.#readValues();
    const rcodes = this.#readValues();
    const rtt = this.#readRtt() ?? new RttBuckets();
    const traffic = (): DnsTraffic => ({ flows: from.varint(), octets: from.varint() });
    const encrypted = { dot: traffic(), doh: traffic(), doq: traffic() };
    const sketches = this.#readSketches(names.length + clients.length + 3);
    this.#check(from.done, 'octets behind the end');
    return {
      tap,
      start,
      seconds,
      coveredFrom,
      coveredTo,
      pairs,
      queries,
      names: names.map(({ key, ...row }, i): DnsName => ({ name: key, ...row, clients: sketches[i]! })),
      clients: clients.map(({ key, ...row }, i): DnsClient => ({
        client: key,
        ...row,
        names: sketches[names.length + i]!,
      })),
      other: {
        queries: otherQueries!,
        distinct: sketches.at(-3)!,
        unnamed: unnamed!,
        clientless: clientless!,
        shed: shed!,
        pairs: otherPairs!,
        unsketched: unsketched!,
      },
      totals: {
        queries: asked!,
        responses: responses!,
        unasked: unasked!,
        local: local!,
        opcodes: opcodes!,
        types,
        rcodes,
        clients: sketches.at(-2)!,
        names: sketches.at(-1)!,
        rtt,
      },
      encrypted,
    };
  }

  #readAddresses(): string[] {
    const v4 = this.#gaps(this.#count(1));
    const addresses = v4.map((value) => {
      this.#check(value <= 0xffffffff, 'address');
      return formatAddress(Uint32Array.of(0, 0, 0xffff, value));
    });
    const v6 = this.#count(16);
    for (let i = 0; i < v6; i++) addresses.push(this.#ipv6());
    return addresses;
  }

  #readQueries(): DnsQueries[] {
    const count = this.#count(6);
    const names = this.#gaps(count);
    const clients = this.#numbers(count);
    const types = this.#numbers(count, 0xffff);
    const rcodes = this.#numbers(count, 0x10000);
    const counts = this.#numbers(count);
    return counts.map((each, i) => ({
      client: this.#address(clients[i]!),
      name: this.#text(names[i]!),
      qtype: types[i]!,
      rcode: rcodes[i]! - 1,
      count: each,
      rtt: this.#readRtt(),
    }));
  }

  #readCounted(keyOf: (i: number) => string): { key: string; count: number; nxdomain: number }[] {
    const count = this.#count(3);
    const keys = this.#gaps(count);
    const counts = this.#numbers(count);
    const nxdomain = this.#numbers(count);
    return keys.map((key, i) => {
      this.#check(nxdomain[i]! <= counts[i]!, 'nxdomain');
      return { key: keyOf(key), count: counts[i]!, nxdomain: nxdomain[i]! };
    });
  }

  #readPairs(base: number): DnsPair[] {
    const count = this.#count(9);
    const names = this.#gaps(count);
    const types = this.#numbers(count, 0xffff);
    const forms = this.#numbers(count, Data.IPV6);
    const firsts = this.#numbers(count).map((value) => base + (value % 2 === 0 ? value / 2 : -(value + 1) / 2));
    const spans = this.#numbers(count);
    const counts = this.#numbers(count);
    const ttls = this.#numbers(count, 0xffffffff);
    const ranges = this.#numbers(count, 0xffffffff);
    return firsts.map((first, i) => {
      const last = first + spans[i]!;
      const ttlMax = ttls[i]! + ranges[i]!;
      this.#check(first >= 0 && Number.isSafeInteger(last) && ttlMax <= 0xffffffff, 'pair');
      return {
        rrname: this.#text(names[i]!),
        rrtype: types[i]!,
        rdata: this.#data(forms[i]!),
        first,
        last,
        count: counts[i]!,
        ttlMin: ttls[i]!,
        ttlMax,
      };
    });
  }

  #data(form: number): string {
    if (form === Data.TEXT) return this.#text(this.#in.varint());
    return form === Data.IPV4 ? formatAddress(Uint32Array.of(0, 0, 0xffff, this.#in.u32())) : this.#ipv6();
  }

  #readValues(): DnsCount[] {
    const count = this.#count(2);
    this.#check(count <= digestLimits.values, 'number of values');
    const values = this.#numbers(count, 0x10000);
    const counts = this.#numbers(count);
    return values.map((value, i) => ({ value: value - 1, count: counts[i]! }));
  }

  #readRtt(): RttBuckets | undefined {
    const used = this.#in.varint();
    this.#check(used <= RTT_BUCKETS, 'times');
    if (used === 0) return undefined;
    const rtt = new RttBuckets();
    const buckets = this.#gaps(used);
    for (const bucket of buckets) {
      this.#check(bucket < RTT_BUCKETS, 'times');
      rtt.add(bucket, this.#in.varint());
    }
    return rtt;
  }

  #readSketches(count: number): Distinct[] {
    const length = this.#in.varint();
    this.#check(length === this.#in.left, 'length of sketches');
    const bits = new BitReader(this.#in.bytes(length));
    const sketches: Distinct[] = [];
    let dense = 0;
    for (let i = 0; i < count; i++) {
      const sketch = readDistinct(bits);
      if (sketch === undefined) throw new Unfit('sketch');
      if (sketch.cells === undefined) this.#check(++dense <= digestLimits.dense, 'number of dense sketches');
      sketches.push(sketch);
    }
    this.#check(bits.done, 'bits behind the sketches');
    return sketches;
  }

  /** A number of rows of so many octets at least. */
  #count(octets: number): number {
    const count = this.#in.varint();
    this.#check(count <= digestLimits.rows && count * octets <= this.#in.left, 'number of rows');
    return count;
  }

  #numbers(count: number, most: number = Number.MAX_SAFE_INTEGER): number[] {
    return Array.from({ length: count }, () => {
      const value = this.#in.varint();
      this.#check(value <= most, 'number');
      return value;
    });
  }

  #gaps(count: number): number[] {
    let sum = 0;
    return this.#numbers(count).map((gap) => (sum += gap));
  }

  #ipv6(): string {
    const words = new Uint32Array(4);
    for (let i = 0; i < 4; i++) words[i] = this.#in.u32();
    return formatAddress(words);
  }

  #text(index: number): string {
    const text = this.#texts[index];
    if (text === undefined) throw new Unfit('text that is not there');
    return text;
  }

  #address(index: number): string {
    const address = this.#addresses[index];
    if (address === undefined) throw new Unfit('address that is not there');
    return address;
  }

  #check(holds: boolean, reason: string): void {
    if (this.#in.failed) throw new Unfit('cut');
    if (!holds) throw new Unfit(reason);
  }
}

function isSpan(start: number, seconds: number, from: number, to: number): boolean {
  const isTime = (value: number): boolean => value >= 0 && value < 2 ** 43;
  return isTime(start) && isTime(from) && isTime(to) && from <= to && seconds <= digestLimits.seconds;
}
