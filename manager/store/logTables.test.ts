import { expect, test } from 'vitest';
import { logs } from '../../core/records/logs.ts';
import type { Field, Value } from '../../core/records/record.ts';
import { logTable } from './logTables.ts';
import { storedValue, valueOf } from './logValues.ts';
import { tables } from './tables.ts';

test('columns of a log have names of their own', () => {
  for (const log of logs) {
    const names = logTable(log).columns.map(([name]) => name);
    expect(new Set(names).size, log.path).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
    expect(
      log.fields.find(({ name }) => name === 'ts'),
      log.path,
    ).toMatchObject({ type: 'time' });
  }
  const all = tables().map(({ name }) => name);
  expect(new Set(all).size).toBe(all.length);
});

test.each<[Field['type'], Value]>([
  ['string', 'é\0\u0001'],
  ['string', ''],
  ['addr', '10.1.2.3'],
  ['addr', '2001:db8::1'],
  ['addr', ''],
  ['addr', '10.01.2.3'],
  ['addr', 'fifteen octets.'],
  ['addr', 'sixteen octets..'],
  ['count', 9_007_199_254_740_991],
  ['interval', -0.25],
  ['bool', true],
  ['bool', false],
  ['vector[string]', []],
  ['vector[string]', ['']],
  ['vector[string]', ['a', '\0', '\u0001\u00011', 'é']],
  ['vector[interval]', [300, 0.5]],
  ['set[bool]', [true, false]],
])('a value of %s is stored as it is: %j', (type, value) => {
  const field: Field = { name: 'x', type, text: '' };
  const stored = storedValue(field, value);
  expect(valueOf(field, typeof stored === 'string' ? Buffer.from(stored) : stored)).toEqual(value);
});
