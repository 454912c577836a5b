import { formatAddress } from '../packet/address.ts';
import { parsePrefix } from '../packet/networkSet.ts';
import { ByteWriter } from '../sketch/byteWriter.ts';
import { BitWriter } from './bits.ts';
import { type DnsCount, type DnsDigest, type DnsPair, type DnsQueries } from './digest.ts';
import type { Distinct } from './distinct.ts';
import { writeDistinct } from './distinctCodec.ts';
import type { RttBuckets } from './rttBuckets.ts';
import { TextTable } from './texts.ts';

export const DIGEST_VERSION = 1;
/** How a record's data is written. */
export const Data = { TEXT: 0, IPV4: 1, IPV6: 2 } as const;

/**
 * A digest as octets, little-endian, varints where nothing else is said; columns and not rows, so that deflating finds
 * more. Rows come back in the order of their names and clients.
 *
 *   u8 version, tap (length, octets), f64 start, seconds, f64 coveredFrom, f64 coveredTo
 *   texts (texts.ts)
 *   clients' addresses: number of IPv4, their gaps in rising order; number of IPv6, 16 octets each
 *   queries: number; names (gaps), clients, types, rcodes + 1, counts; times: of each the number of buckets and their
 *     (gap, count)
 *   names: number; texts (gaps), counts, nxdomain
 *   clients: number; addresses (gaps), counts, nxdomain
 *   pairs: number; names (gaps), types, form of the data (u8 each), first (from coveredFrom's second, zigzag), last - first,
 *     counts, ttlMin, ttlMax - ttlMin; then the data of each: an index of texts, 4 or 16 octets
 *   other, totals, encrypted
 *   sketches: octets, then bits: of names, of clients, of other, of totals
 *
 * The caller keeps `digestLimits` (`splitDigest`); a client that is no address is its fault.
 */
export function encodeDigest(digest: DnsDigest): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(65_536);
  const sketches = new BitWriter();
  const tap = new TextEncoder().encode(digest.tap);
  out.u8(DIGEST_VERSION);
  out.varint(tap.length);
  out.bytes(tap);
  out.f64(digest.start);
  out.varint(digest.seconds);
  out.f64(digest.coveredFrom);
  out.f64(digest.coveredTo);
  const data = digest.pairs.map(dataOf);
  const texts = new TextTable(textsOf(digest, data));
  texts.write(out);
  const addresses = new AddressTable([...digest.queries, ...digest.clients].map(({ client }) => client));
  addresses.write(out);
  writeQueries(out, digest.queries, texts, addresses);
  const names = byOrder(digest.names, ({ name }) => texts.indexOf(name));
  writeColumns(out, [gaps(names.map(({ order }) => order)), ...countsOf(names.map(({ row }) => row))]);
  const clients = byOrder(digest.clients, ({ client }) => addresses.indexOf(client));
  writeColumns(out, [gaps(clients.map(({ order }) => order)), ...countsOf(clients.map(({ row }) => row))]);
  writePairs(out, digest, data, texts);
  const { other, totals, encrypted } = digest;
  const { unnamed, clientless, shed, pairs, unsketched } = other;
  for (const value of [other.queries, unnamed, clientless, shed, pairs, unsketched]) out.varint(value);
  const { queries, responses, unasked, local, opcodes } = totals;
  for (const value of [queries, responses, unasked, local, opcodes]) out.varint(value);
  writeValues(out, totals.types);
  writeValues(out, totals.rcodes);
  writeRtt(out, totals.rtt);
  for (const { flows, octets } of [encrypted.dot, encrypted.doh, encrypted.doq]) {
    out.varint(flows);
    out.varint(octets);
  }
  const all: Distinct[] = [...names.map(({ row }) => row.clients), ...clients.map(({ row }) => row.names)];
  for (const sketch of [...all, other.distinct, totals.clients, totals.names]) writeDistinct(sketches, sketch);
  const bits = sketches.finish();
  out.varint(bits.length);
  out.bytes(bits);
  return out.finish();
}

type PairData = { form: typeof Data.TEXT; text: string } | { form: 1 | 2; words: Uint32Array };

/** Addresses are shorter as such; only where they come back as the same text. */
function dataOf({ rdata }: DnsPair): PairData {
  const looksSo = /^[0-9a-f.:]{2,39}$/u.test(rdata);
  const words = looksSo ? parsePrefix(rdata)?.words : undefined;
  if (words === undefined || formatAddress(words) !== rdata) return { form: Data.TEXT, text: rdata };
  return { form: isV4(words) ? Data.IPV4 : Data.IPV6, words };
}

function textsOf({ queries, names, pairs }: DnsDigest, data: readonly PairData[]): Set<string> {
  const texts = new Set<string>();
  for (const { name } of queries) texts.add(name);
  for (const { name } of names) texts.add(name);
  for (const { rrname } of pairs) texts.add(rrname);
  for (const item of data) if (item.form === Data.TEXT) texts.add(item.text);
  return texts;
}

/** The different clients: IPv4 in rising order, then IPv6 in rising order. */
class AddressTable {
  readonly #index: Map<string, number> = new Map();
  readonly #v4: Uint32Array[];
  readonly #v6: Uint32Array[];

  constructor(texts: readonly string[]) {
    const rows = [...new Set(texts)].map((text) => ({ text, words: wordsOf(text) }));
    rows.sort((a, b) => Number(isV4(b.words)) - Number(isV4(a.words)) || compare(a.words, b.words));
    for (const [i, { text }] of rows.entries()) this.#index.set(text, i);
    const words = rows.map((row) => row.words);
    this.#v4 = words.filter((row) => isV4(row));
    this.#v6 = words.filter((row) => !isV4(row));
  }

  indexOf(text: string): number {
    return this.#index.get(text)!;
  }

  write(out: ByteWriter): void {
    writeColumns(out, [gaps(this.#v4.map((words) => words[3]!))]);
    out.varint(this.#v6.length);
    for (const words of this.#v6) for (const word of words) out.u32(word);
  }
}

function wordsOf(text: string): Uint32Array {
  const words = parsePrefix(text)?.words;
  if (words === undefined) throw new RangeError('a client that is no address');
  return words;
}

function isV4(words: Uint32Array): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}

function compare(a: Uint32Array, b: Uint32Array): number {
  for (let i = 0; i < 4; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

function writeQueries(out: ByteWriter, rows: readonly DnsQueries[], texts: TextTable, addresses: AddressTable): void {
  const sorted = rows.map((row) => ({
    row,
    name: texts.indexOf(row.name),
    client: addresses.indexOf(row.client),
  }));
  sorted.sort((a, b) => a.name - b.name || a.client - b.client || a.row.qtype - b.row.qtype);
  writeColumns(out, [
    gaps(sorted.map(({ name }) => name)),
    sorted.map(({ client }) => client),
    sorted.map(({ row }) => row.qtype),
    sorted.map(({ row }) => row.rcode + 1),
    sorted.map(({ row }) => row.count),
  ]);
  for (const { row } of sorted) writeRtt(out, row.rtt);
}

function writePairs(out: ByteWriter, digest: DnsDigest, data: readonly PairData[], texts: TextTable): void {
  const from = Math.floor(digest.coveredFrom);
  const all = digest.pairs.map((pair, i) => ({ pair, item: data[i]! }));
  const sorted = byOrder(all, ({ pair }) => texts.indexOf(pair.rrname));
  const pairs = sorted.map(({ row }) => row.pair);
  writeColumns(out, [
    gaps(sorted.map(({ order }) => order)),
    pairs.map(({ rrtype }) => rrtype),
    sorted.map(({ row }) => row.item.form),
    pairs.map(({ first }) => zigzag(first - from)),
    pairs.map(({ first, last }) => last - first),
    pairs.map(({ count }) => count),
    pairs.map(({ ttlMin }) => ttlMin),
    pairs.map(({ ttlMin, ttlMax }) => ttlMax - ttlMin),
  ]);
  for (const { row } of sorted) {
    const { item } = row;
    if (item.form === Data.TEXT) out.varint(texts.indexOf(item.text));
    else if (item.form === Data.IPV4) out.u32(item.words[3]!);
    else for (const word of item.words) out.u32(word);
  }
}

/** The number of rows, then the columns. */
function writeColumns(out: ByteWriter, columns: readonly (readonly number[])[]): void {
  out.varint(columns[0]!.length);
  for (const column of columns) for (const value of column) out.varint(value);
}

function writeValues(out: ByteWriter, rows: readonly DnsCount[]): void {
  writeColumns(out, [rows.map(({ value }) => value + 1), rows.map(({ count }) => count)]);
}

function writeRtt(out: ByteWriter, rtt: RttBuckets | undefined): void {
  if (rtt === undefined) return out.varint(0);
  const used = [...rtt.counts.keys()].filter((i) => rtt.counts[i]! > 0);
  out.varint(used.length);
  for (const gap of gaps(used)) out.varint(gap);
  for (const i of used) out.varint(rtt.counts[i]!);
}

function countsOf(rows: readonly { count: number; nxdomain: number }[]): number[][] {
  return [rows.map(({ count }) => count), rows.map(({ nxdomain }) => nxdomain)];
}

function byOrder<Row>(rows: readonly Row[], orderOf: (row: Row) => number): { row: Row; order: number }[] {
  return rows.map((row) => ({ row, order: orderOf(row) })).sort((a, b) => a.order - b.order);
}

/** Differences of a column that does not fall; the first is from 0. */
function gaps(values: readonly number[]): number[] {
  return values.map((value, i) => value - (values[i - 1] ?? 0));
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
