import { expect, test } from 'vitest';
import { KeyHasher, murmur3 } from '../sketch/hash/keyHasher.ts';
import { Refusal } from '../sketch/refusal.ts';
import { applicationsOf } from './applicationResult.ts';
import { ApplicationStatistics } from './applications.ts';
import { Counters } from './counters.ts';
import { Statistics } from './statistics.ts';
import { Summary } from './summary.ts';

/** A v4-mapped address twice: client 10.0.0.1, server 198.51.100.2. */
const ends = Uint32Array.of(0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0xc6336402);

test('what was fed travels as sections, merges and reads back', () => {
  const fed = (statuses: readonly number[], names: readonly string[], realm: number): Summary => {
    const statistics = new Statistics({ exact: true, topCapacity: 64, by: 'octets' });
    const { applications } = statistics;
    for (const status of statuses) applications.status(status, ends, realm, 100);
    for (const name of names) applications.name(name);
    applications.serverName('example.org');
    applications.count('dns.type.A', names.length);
    applications.count('http.responses', statuses.length);
    applications.count('web.clear.octets', 300);
    applications.count('web.encrypted.octets', 100);
    const summary = Summary.fromSections(statistics.toSummary().toSections());
    if (summary instanceof Refusal) throw new Error(String(summary));
    return summary;
  };
  const whole = fed([200, 404, 404], ['a.example', 'b.example'], 0);
  whole.merge(fed([404], ['b.example'], 0x1234));
  const { dns, http, tls } = applicationsOf(whole, 10);
  expect(dns.names).toEqual({ estimate: 2, lower: 2, upper: 2, exact: true });
  expect(dns.types).toEqual({ A: 3 });
  expect(http.responses).toBe(4);
  expect(http.unseen).toBe(0.25);
  expect(http.byStatusClient).toEqual([
    { status: 404, client: '10.0.0.1', count: 2, error: 0, octets: 200 },
    { status: 200, client: '10.0.0.1', count: 1, error: 0, octets: 100 },
    { status: 404, client: '10.0.0.1@00001234', count: 1, error: 0, octets: 100 },
  ]);
  // A global address is the same host in every realm.
  expect(http.byStatusServer).toEqual([
    { status: 404, server: '198.51.100.2', count: 3, error: 0, octets: 300 },
    { status: 200, server: '198.51.100.2', count: 1, error: 0, octets: 100 },
  ]);
  expect(tls.serverNames.estimate).toBe(1);
});

test('a name counts as the octets of its key', () => {
  const hasher = new KeyHasher();
  const statistics = new ApplicationStatistics(false, 8, 'octets', new Counters(), hasher);
  statistics.name('www.example.org');
  const bytes = murmur3(new TextEncoder().encode('www.example.org'));
  expect(new Uint8Array(hasher.h.buffer, hasher.h.byteOffset, 16)).toEqual(bytes);
});

test('the wire makes no more counters than there is room for', () => {
  const counters = new Counters();
  const statistics = new ApplicationStatistics(false, 8, 'octets', counters, new KeyHasher());
  for (let n = 0; n < 70_000; n++) statistics.count(`dns.type.TYPE${n}`);
  expect(counters.values.size).toBe(512);
  statistics.count('dns.type.TYPE5');
  expect(counters.get('dns.type.TYPE5')).toBe(2);
});
