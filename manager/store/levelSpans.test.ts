import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSpans, limitSpans, parseSpans, spanSeconds, uniteSpans } from './levelSpans.ts';
import type { Span } from './levelSpans.ts';

const spans = fc.array(
  fc
    .tuple(fc.integer({ min: -50, max: 400 }), fc.integer({ min: 0, max: 40 }))
    .map(([from, length]): Span => [from / 4, (from + length) / 4]),
  { maxLength: 40 },
);

test('a union covers what its spans cover, once', () => {
  fc.assert(
    fc.property(spans, (list) => {
      const united = uniteSpans(list);
      const covers = (all: readonly Span[], at: number): number =>
        all.filter(([from, to]) => from <= at && at < to).length;
      const wrong = Array.from({ length: 560 }, (_, at) => (at - 60) / 4).filter(
        (at) => covers(united, at) !== Math.min(1, covers(list, at)),
      );
      expect(wrong).toEqual([]);
      expect(uniteSpans(united)).toEqual(united);
    }),
  );
});

test('a limit leaves the seconds as they are', () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 8 }), (list, limit) => {
      const united = uniteSpans(list);
      const limited = limitSpans(united, limit);
      expect(limited.spans.length).toBeLessThanOrEqual(limit);
      expect(spanSeconds(limited.spans) - limited.darkMillis / 1000).toBeCloseTo(spanSeconds(united));
    }),
  );
});

test('texts put together are the spans of both', () => {
  fc.assert(
    fc.property(spans, spans, (a, b) => {
      expect(parseSpans(formatSpans(a) + formatSpans(b))).toEqual([...a, ...b]);
    }),
  );
  expect(parseSpans('a:b,,1:,:2,3:1,nonsense')).toEqual([]);
  expect(parseSpans('-1.5:1e300,')).toEqual([[-1.5, 1e300]]);
});
