import { expect, test } from 'vitest';
import { firstRange, follows, formatRange, parseRange, sameRange } from './range.ts';
import type { Range } from './range.ts';

test.each<[Range, string]>([
  [{ kind: 'last', seconds: 900 }, 'last=900'],
  [{ kind: 'span', from: -5, to: 1_800_000_000 }, 'from=-5&to=1800000000'],
  [{ kind: 'all' }, 'all'],
])('%j is kept in the address', (range, text) => {
  expect(formatRange(range)).toBe(text);
  expect(parseRange(`#${text}`)).toEqual(range);
});

test.each(['', '#', '#last=0', '#last=1e3', '#last=-5', '#from=5&to=5', '#from=5', '#from=a&to=b', '#<b>'])(
  '%j is no range',
  (text) => expect(parseRange(text)).toBeUndefined(),
);

test('only a span between two times gets nothing new', () => {
  expect(follows({ kind: 'span', from: 1, to: 2 })).toBe(false);
  expect(follows({ kind: 'all' })).toBe(true);
  expect(sameRange({ kind: 'last', seconds: 60 }, { kind: 'last', seconds: 900 })).toBe(false);
});

test('before anybody chose, the span is one that has something in it', () => {
  const now = 1_000_000;
  expect(firstRange({ from: now - 60, to: now - 5 }, now)).toEqual({ kind: 'last', seconds: 900 });
  expect(firstRange({ from: now - 5000, to: now - 5 }, now)).toEqual({ kind: 'last', seconds: 3600 });
  expect(firstRange({ from: 5, to: now - 5000 }, now)).toEqual({ kind: 'all' });
});
