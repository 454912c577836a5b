import { expect, test } from 'vitest';
import { Refusal } from '../sketch/refusal.ts';
import { type DnsObservation, DnsAccumulator, ROW_LEAST } from './accumulator.ts';
import { type DnsDigest, NO_ANSWER } from './digest.ts';
import { decodeDigest } from './digestDecoder.ts';
import { encodeDigest } from './digestEncoder.ts';
import { splitDigest } from './digestPieces.ts';
import { Distinct } from './distinct.ts';
import { suffixOf } from './nameIndex.ts';
import { openSealed } from './sealedPeriod.ts';
import { sizesOf } from './sizes.ts';

const span = { tap: 'tap0', start: 1200, seconds: 600, coveredFrom: 1200, coveredTo: 1800 };
/** Of a link that is never quiet: names have no place at once, and rows are those that are promised. */
const accumulator = (octets = 1 << 20): DnsAccumulator =>
  new DnsAccumulator({ sizes: { ...sizesOf(octets), firstNames: 0, fewRows: 0 }, seeds: [1, 2, 3] });

/** An exchange of a client with a number. */
function exchange(client: number, name: string, more: Partial<DnsObservation> = {}): DnsObservation {
  const ends = Uint32Array.of(0, 0, 0xffff, 0x0a000000 + client, 0, 0, 0xffff, 0x08080808);
  return {
    time: 1234.5,
    ends,
    serverPort: 53,
    opcode: 0,
    hasQuery: true,
    hasReply: true,
    name,
    qtype: 1,
    rcode: 0,
    rtt: 0.02,
    answers: [],
    answerCount: 0,
    ...more,
  };
}

/** As the manager gets it: split, encoded, decoded. */
function shipped(sealed: Parameters<typeof openSealed>[0]): DnsDigest[] {
  return splitDigest(openSealed(sealed)).map((piece) => {
    const digest = decodeDigest(encodeDigest(piece));
    if (digest instanceof Refusal) throw new Error(String(digest));
    return digest;
  });
}

function total<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0);
}

/** Pseudo-random, the same in every run. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0) / 2 ** 32;
  };
}

interface Truth {
  rows: Map<string, number>;
  names: Map<string, { count: number; nxdomain: number; others: Set<string> }>;
  clients: Map<string, { count: number; nxdomain: number; others: Set<string> }>;
}

function traffic(queries: number, random: () => number, tell: (each: DnsObservation) => void, truth: Truth): void {
  for (let i = 0; i < queries; i++) {
    const client = Math.floor(random() ** 2 * 300);
    const isRandom = random() < 0.05;
    const host = Math.floor(random() ** 6 * 400);
    const name = isRandom ? `r${i}.flood.example` : `host${host}.site${host % 7}.example`;
    const rcode = isRandom || random() < 0.03 ? 3 : random() < 0.02 ? undefined : 0;
    const each = exchange(client, name, {
      rcode,
      hasReply: rcode !== undefined,
      rtt: rcode === undefined ? Number.NaN : random() / 10,
      qtype: random() < 0.3 ? 28 : 1,
    });
    tell(each);
    const key = `10.0.${client >> 8}.${client & 255}`;
    const row = `${key} ${name} ${each.qtype} ${rcode ?? NO_ANSWER}`;
    truth.rows.set(row, (truth.rows.get(row) ?? 0) + 1);
    for (const [map, one, other] of [
      [truth.names, name, key],
      [truth.clients, key, name],
    ] as const) {
      const entry = map.get(one) ?? { count: 0, nxdomain: 0, others: new Set<string>() };
      map.set(one, entry);
      entry.count++;
      if (rcode === 3) entry.nxdomain++;
      entry.others.add(other);
    }
  }
}

test('rows, names and clients are exact, sums are whole, sketches near', () => {
  const truth: Truth = { rows: new Map(), names: new Map(), clients: new Map() };
  const counted = accumulator(8 << 20);
  traffic(60_000, chances(5), (each) => counted.note(each), truth);
  const digests = shipped(counted.seal(span));
  const rows = digests.flatMap(({ queries }) => queries);
  const known = [...truth.rows].filter(([, count]) => count >= ROW_LEAST);
  expect(known.length).toBeGreaterThan(200);
  const mine = new Map(rows.map((row) => [`${row.client} ${row.name} ${row.qtype} ${row.rcode}`, row.count]));
  expect(mine).toEqual(new Map(known));
  const [first] = digests;
  const { other, totals } = first!;
  expect(totals.queries).toBe(60_000);
  expect(total(rows, ({ count }) => count) + other.queries).toBe(60_000);
  expect(other.shed).toBe(0);
  const rest = truth.rows.size - known.length;
  expect(Math.abs(other.distinct.estimate - rest)).toBeLessThan(0.05 * rest);
  expect(Math.abs(totals.names.estimate - truth.names.size)).toBeLessThan(0.05 * truth.names.size);
  expect(total(totals.types, ({ count }) => count)).toBe(60_000);
  expect(total(totals.rcodes, ({ count }) => count)).toBe(60_000);
  const names = digests.flatMap((digest) => digest.names);
  expect(names.length).toBe([...truth.names.values()].filter(({ count }) => count >= 3).length);
  for (const { name, count, nxdomain, clients } of names) {
    const { others, ...counts } = truth.names.get(name)!;
    expect({ count, nxdomain }).toEqual(counts);
    expect(Math.abs(Math.round(clients.estimate) - others.size)).toBeLessThanOrEqual(Math.max(1, 0.05 * others.size));
  }
  const clients = digests.flatMap((digest) => digest.clients);
  expect(clients.length).toBe(truth.clients.size);
  for (const row of clients) {
    const { others, ...counts } = truth.clients.get(row.client)!;
    expect({ count: row.count, nxdomain: row.nxdomain }).toEqual(counts);
    expect(Math.abs(Math.round(row.names.estimate) - others.size)).toBeLessThanOrEqual(Math.max(1, 0.05 * others.size));
  }
  expect(other.unnamed).toBe(60_000 - total(names, ({ count }) => count));
  const timed = rows.filter(({ count }) => count > 100);
  for (const { rtt } of timed) expect(rtt!.quantile(0.5)).toBeGreaterThan(0.02);
});

test('on a quiet link every query is in a row, with its time, and every name is told', () => {
  const counted = new DnsAccumulator({ sizes: sizesOf(16 << 20), seeds: [1, 2, 3] });
  const truth: Truth = { rows: new Map(), names: new Map(), clients: new Map() };
  traffic(900, chances(4), (each) => counted.note(each), truth);
  const digests = shipped(counted.seal(span));
  const rows = digests.flatMap(({ queries }) => queries);
  const mine = new Map(rows.map((row) => [`${row.client} ${row.name} ${row.qtype} ${row.rcode}`, row.count]));
  expect(mine).toEqual(truth.rows);
  for (const { rcode, count, rtt } of rows) expect(rtt?.count ?? 0).toBe(rcode === NO_ANSWER ? 0 : count);
  expect(digests[0]!.other).toMatchObject({ queries: 0, unnamed: 0, clientless: 0, shed: 0 });
  const names = digests.flatMap((digest) => digest.names);
  expect(new Map(names.map(({ name, count }) => [name, count]))).toEqual(
    new Map([...truth.names].map(([name, { count }]) => [name, count])),
  );
});

test('where rows become many those of the fewest queries go first, and none that is promised', () => {
  const counted = new DnsAccumulator({ sizes: { ...sizesOf(8 << 20), fewRows: 300 }, seeds: [1, 2, 3] });
  const truth: Truth = { rows: new Map(), names: new Map(), clients: new Map() };
  traffic(6000, chances(6), (each) => counted.note(each), truth);
  const rows = shipped(counted.seal(span)).flatMap(({ queries }) => queries);
  const least = Math.min(...rows.map(({ count }) => count));
  const mine = new Map(rows.map((row) => [`${row.client} ${row.name} ${row.qtype} ${row.rcode}`, row.count]));
  expect(mine).toEqual(new Map([...truth.rows].filter(([, count]) => count >= least)));
  expect(least).toBeGreaterThan(1);
  expect(least).toBeLessThan(ROW_LEAST);
  expect(rows.length).toBeLessThanOrEqual(300);
});

test('two halves of the traffic, merged, are the whole', () => {
  const [left, right, whole] = [accumulator(8 << 20), accumulator(8 << 20), accumulator(8 << 20)];
  const truth: Truth = { rows: new Map(), names: new Map(), clients: new Map() };
  let side = 0;
  const tell = (each: DnsObservation): void => {
    (side++ % 2 === 0 ? left : right).note(each);
    whole.note(each);
  };
  traffic(20_000, chances(9), tell, truth);
  const [all] = shipped(whole.seal(span));
  const halves = [...shipped(left.seal(span)), ...shipped(right.seal(span))];
  const sketch = (of: (digest: DnsDigest) => Distinct): Distinct => {
    const merged = new Distinct();
    for (const half of halves) merged.merge(of(half));
    return merged;
  };
  const names = sketch(({ totals }) => totals.names).estimate;
  expect(Math.abs(names - all!.totals.names.estimate)).toBeLessThan(0.01 * names);
  for (const { client, names: own, count } of all!.clients) {
    const parts = halves.flatMap(({ clients }) => clients).filter((row) => row.client === client);
    const merged = new Distinct();
    for (const part of parts) merged.merge(part.names);
    expect(total(parts, (part) => part.count)).toBe(count);
    expect(Math.abs(merged.estimate - own.estimate)).toBeLessThan(1e-9 + 0.002 * own.estimate);
  }
});

test('a flood of made-up names sheds itself, and nothing of others', () => {
  const counted = accumulator(1 << 20);
  for (let i = 0; i < 100_000; i++) {
    counted.note(exchange(i % 50, `x${i}.victim.example`, { rcode: 3 }));
    if (i % 1000 === 0) for (let n = 0; n < 3; n++) counted.note(exchange(n, 'www.good.example'));
  }
  const [digest] = shipped(counted.seal(span));
  expect(digest!.names.map(({ name, count }) => [name, count])).toEqual([['www.good.example', 300]]);
  expect(digest!.queries.map(({ client, count }) => [client, count])).toEqual(
    [0, 1, 2].map((n) => [`10.0.0.${n}`, 100]),
  );
  expect(digest!.other.queries).toBe(100_000);
  expect(digest!.other.unnamed).toBe(100_000);
  const { estimate } = digest!.other.distinct;
  expect(Math.abs(estimate - 100_000)).toBeLessThan(5000);
  expect(digest!.clients.every(({ count }) => count >= 2000)).toBe(true);
});

test('names asked for thrice, of one domain, leave room for others', () => {
  const counted = accumulator(1 << 20);
  for (let i = 0; i < 3000; i++) counted.note(exchange(i % 3, `x${i >> 2}.victim.example`));
  for (let n = 0; n < 300; n++) counted.note(exchange(1, `www.good${n % 10}.example`));
  const [digest] = shipped(counted.seal(span));
  expect(digest!.names.filter(({ name }) => name.endsWith('victim.example')).length).toBe(128);
  expect(digest!.names.filter(({ count }) => count === 30).length).toBe(10);
  expect(digest!.other.shed).toBeGreaterThan(1000);
});

test('more clients, kinds and tuples than there is room for', () => {
  const counted = accumulator(1 << 16);
  for (let i = 0; i < 60_000; i++) counted.note(exchange(i % 500, `n${i % 31}.example`, { qtype: 1 + (i % 401) }));
  const digests = shipped(counted.seal(span));
  const { other, totals } = digests[0]!;
  const rows = digests.flatMap(({ queries }) => queries);
  expect(total(rows, ({ count }) => count) + other.queries).toBe(60_000);
  expect(other.shed).toBeGreaterThan(0);
  expect(other.clientless).toBeGreaterThan(0);
  expect(other.distinct.estimate).toBeGreaterThan(5000);
  expect(Math.abs(totals.clients.estimate - 500)).toBeLessThan(25);
  expect(total(totals.types, ({ count }) => count)).toBe(60_000);
  counted.note(exchange(1, 'a.example'));
  const [after] = shipped(counted.seal(span));
  expect(after!.totals.queries).toBe(1);
  expect(after!.other).toMatchObject({ queries: 1, shed: 0 });
});

test('a new pair is told at once, its count with the period, and nothing twice', () => {
  const counted = accumulator();
  const answer = { owner: 'a.example', rrtype: 1, rdata: '192.0.2.1', ttl: 300 };
  const told = (time: number, ttl: number): void =>
    counted.note(exchange(1, 'a.example', { time, answers: [{ ...answer, ttl }], answerCount: 1 }));
  told(1201.5, 300);
  told(1209.5, 200);
  expect(counted.hasFresh).toBe(true);
  const [fresh] = shipped(counted.takeFresh(span));
  expect(fresh!.seconds).toBe(0);
  const row = { rrname: 'a.example', rrtype: 1, rdata: '192.0.2.1' };
  expect(fresh!.pairs).toEqual([{ ...row, first: 1201, last: 1209, count: 2, ttlMin: 200, ttlMax: 300 }]);
  expect(counted.hasFresh).toBe(false);
  told(1300, 100);
  expect(counted.hasFresh).toBe(false);
  const [digest] = shipped(counted.seal(span));
  expect(digest!.pairs).toEqual([{ ...row, first: 1300, last: 1300, count: 1, ttlMin: 100, ttlMax: 100 }]);
  expect(shipped(counted.seal(span))[0]!.pairs).toEqual([]);
});

test('sums of pairs are true whatever goes for want of room', () => {
  const counted = accumulator(1 << 17);
  const sums = new Map<string, number>();
  const take = (digests: readonly DnsDigest[]): void => {
    for (const { rdata, count } of digests.flatMap(({ pairs }) => pairs))
      sums.set(rdata, (sums.get(rdata) ?? 0) + count);
  };
  const random = chances(3);
  const truth = new Map<string, number>();
  for (let i = 0; i < 5000; i++) {
    const rdata = `10.1.0.${Math.floor(random() ** 2 * 200)}`;
    truth.set(rdata, (truth.get(rdata) ?? 0) + 1);
    counted.note(
      exchange(1, 'a.example', { answers: [{ owner: 'a.example', rrtype: 1, rdata, ttl: 1 }], answerCount: 1 }),
    );
    if (i % 250 === 0) take(shipped(counted.takeFresh(span)));
  }
  take(shipped(counted.seal(span)));
  expect(counted.pairs.evicted).toBeGreaterThan(0);
  expect(sums).toEqual(truth);
});

test('the local link and other opcodes are counted by themselves', () => {
  const counted = accumulator();
  for (const serverPort of [137, 5353, 5355]) counted.note(exchange(1, 'a.local', { serverPort }));
  counted.note(exchange(1, 'a.example', { opcode: 5 }));
  counted.note(exchange(1, '', { qtype: undefined, hasQuery: false }));
  const [digest] = shipped(counted.seal(span));
  expect(digest!.totals).toMatchObject({ queries: 0, local: 3, opcodes: 1 });
});

test('what is about a registered domain', () => {
  const cases = {
    '': '',
    com: 'com',
    'example.com': 'example.com',
    'a.b.example.com': 'example.com',
    'www.shop.co.uk': 'shop.co.uk',
    'co.uk': 'co.uk',
    'www.heise.de': 'heise.de',
    '4.3.2.1.in-addr.arpa': '2.1.in-addr.arpa',
    'in-addr.arpa': 'in-addr.arpa',
  };
  for (const [name, suffix] of Object.entries(cases)) expect(suffixOf(name)).toBe(suffix);
});
