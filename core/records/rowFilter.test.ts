import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dns } from './dns.ts';
import type { Row } from './record.ts';
import { FilterFault, parseRowFilter } from './rowFilter.ts';
import { rowMatch } from './rowMatch.ts';

const row: Row = {
  ts: 1490976024.5,
  uid: 'C1',
  'id.orig_h': '10.1.2.3',
  'id.orig_p': 5353,
  'id.resp_h': '2001:db8::1',
  'id.resp_p': 53,
  proto: 'udp',
  query: 'www.example.org',
  qtype: 1,
  rcode_name: 'NXDOMAIN',
  AA: false,
  TC: false,
  RD: true,
  RA: false,
  Z: 0,
  answers: ['192.0.2.1', 'TXT 3 "a"'],
  TTLs: [300, 5],
  rejected: false,
};

function holds(text: string, of: Row = row): boolean {
  const test = parseRowFilter(dns, text);
  if (test instanceof FilterFault) throw new Error(String(test));
  return rowMatch(test)(of);
}

test.each([
  ['query contains example and rcode_name == NXDOMAIN', true],
  ['query contains Example', false],
  ['query == www.example.org or qtype == 28', true],
  ['not (query == www.example.org or qtype == 28)', false],
  ['qtype != 28 and qtype == 1', true],
  ['id.orig_h in 10.0.0.0/8', true],
  ['id.orig_h in 11.0.0.0/8', false],
  ['id.orig_h in ::/0', false],
  ['id.resp_h in 2001:db8::/32', true],
  ['id.resp_h == 2001:0db8:0::1', true],
  ['id.orig_h != 10.1.2.3', false],
  ['id.orig_p >= 5353 and id.orig_p <= 5353 and id.orig_p > 5352 and id.orig_p < 5354', true],
  ['ts > 2017-03-31T16:00:24Z', true],
  ['ts > 1490976024.5', false],
  ['RD', true],
  ['AA', false],
  ['AA == F', true],
  ['rtt', false],
  ['answers', true],
  ['rtt > 0', false],
  ['rtt != 0', true],
  ['answers == 192.0.2.1', true],
  ['answers contains "\\"a\\""', true],
  ['TTLs < 6', true],
  ['TTLs == 300', true],
  ['TTLs > 300', false],
])('%s is %s', (text, expected) => {
  expect(holds(text)).toBe(expected);
});

test.each([
  ['', 'a field is missing, at character 1'],
  ['quer == a', 'dns has no field quer, at character 1'],
  ['query ==', 'a value is missing after ==, at character 9'],
  ['query == a b', 'b is not expected, at character 12'],
  ['(query == a', 'a closing parenthesis is missing, at character 12'],
  ['query == "a', 'the quote has no end, at character 10'],
  ['query in 10.0.0.0/8', 'query is no address: in is of addresses, at character 10'],
  ['id.orig_h in 10.0.0.0/33', '10.0.0.0/33 is no network, at character 14'],
  ['id.orig_h contains 10', 'contains is of text: not of id.orig_h, at character 20'],
  ['query < 5', '< is of numbers: not of query, at character 9'],
  ['qtype == A', 'A is no count, at character 10'],
  ['query = a', '= is not expected, at character 7'],
  ['query contain a', 'contain is no operator: == != < <= > >= contains in, and, or, at character 7'],
  ['(query) contain a', 'contain is not expected, at character 9'],
  ['query == a and', 'a field is missing, at character 15'],
])('%s is refused: %s', (text, expected) => {
  const fault = parseRowFilter(dns, text);
  expect(fault instanceof FilterFault ? fault.toString() : fault).toBe(expected);
});

test('whatever is typed gives a filter or a fault inside of the text', () => {
  const word = fc.constantFrom(
    'query',
    'qtype',
    'id.orig_h',
    '==',
    '!=',
    'in',
    'contains',
    'and',
    'or',
    'not',
    '(',
    ')',
    '"',
    '5',
    '10.0.0.0/8',
    '\\',
    'TTLs',
    '>=',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, (typed) => {
      const test = parseRowFilter(dns, typed);
      if (test instanceof FilterFault) {
        expect(test.position).toBeGreaterThan(0);
        expect(test.position).toBeLessThanOrEqual(typed.length + 1);
      } else expect(typeof rowMatch(test)(row)).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
  expect(parseRowFilter(dns, '('.repeat(1000))).toBeInstanceOf(FilterFault);
  expect(parseRowFilter(dns, 'not '.repeat(1000))).toBeInstanceOf(FilterFault);
  expect(parseRowFilter(dns, Array.from({ length: 200 }, () => 'RD').join(' or '))).toBeInstanceOf(FilterFault);
});
