import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLine, jsonOctets } from './jsonLine.ts';
import { OctetBlock } from './octetBlock.ts';
import type { Log, Row } from './record.ts';

const log = {
  path: 'made',
  text: 'Made.',
  fields: [
    { name: 'ts', type: 'time', text: 'A time.' },
    { name: 'id.orig_h', type: 'string', optional: true, text: 'A text.' },
    { name: 'n', type: 'count', optional: true, text: 'A number.' },
    { name: 'b', type: 'bool', optional: true, text: 'A truth.' },
    { name: 'texts', type: 'vector[string]', optional: true, text: 'Texts.' },
    { name: 'spans', type: 'vector[interval]', optional: true, text: 'Spans.' },
  ],
} as const satisfies Log;

/** What the runtime's own writer makes of it, but that real numbers always have a fraction. */
function expected(row: Row): string {
  const real = (value: number): string => {
    if (!Number.isFinite(value)) return 'null';
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : `${value}`;
  };
  const parts = log.fields.flatMap(({ name }) => {
    const value = row[name];
    if (value === undefined) return [];
    const isReal = name === 'ts' || name === 'spans';
    let text = JSON.stringify(value);
    if (isReal) text = Array.isArray(value) ? `[${value.map(real).join(',')}]` : real(Number(value));
    return [`"${name}":${text}`];
  });
  return `{${parts.join(',')}}`;
}

const micros = fc.tuple(fc.nat(4_294_967_295), fc.nat(999_999)).map(([s, us]) => s + us / 1e6);
const time = fc.oneof(micros, micros, fc.double(), fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\ud800', '"', '\\', '\u007f', 'é'),
);
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

test('lines are what the own writer of the runtime makes, numbers with a fraction where they are real', () => {
  const rows = fc.record({
    ts: time,
    'id.orig_h': some(text),
    n: some(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.integer({ min: 2 ** 31 - 2, max: 2 ** 31 + 2 }))),
    b: some(fc.boolean()),
    texts: some(fc.array(text)),
    spans: some(fc.array(time)),
  });
  fc.assert(
    fc.property(rows, (row) => {
      expect(jsonLine(log, row)).toBe(expected(row));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  [0, '0.0'],
  [-0, '0.0'],
  [1e-6, '0.000001'],
  [1e-7, '1e-7'],
  [0.1 + 0.2, '0.30000000000000004'],
  [999_999.999999, '999999.999999'],
  [1_000_000_000, '1000000000.0'],
  [2 ** 31, '2147483648.0'],
  [3_999_999_999.5, '3999999999.5'],
  [1_700_000_000.00001, '1700000000.00001'],
  [-1.5, '-1.5'],
])('a time %d is %s', (ts, written) => {
  expect(jsonLine(log, { ts })).toBe(`{"ts":${written}}`);
});

test('lines stand behind each other in a block that is small at first', () => {
  const put = jsonOctets(log);
  const block = new OctetBlock(1);
  const rows = [{ ts: 1, 'id.orig_h': 'x'.repeat(300) }, { ts: 2, texts: ['é'.repeat(700)] }, {}];
  for (const row of rows) put(row, block);
  const written = Buffer.from(block.bytes.subarray(0, block.used)).toString();
  expect(written).toBe(`{"ts":1.0,"id.orig_h":"${'x'.repeat(300)}"}{"ts":2.0,"texts":["${'é'.repeat(700)}"]}{}`);
});
