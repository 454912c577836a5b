/** Watched spans, in seconds since 1970 with fractions. */
export type Span = readonly [from: number, to: number];

/** Spans that a row keeps at most. A tap that flaps more than that has its shortest gaps counted as blind instead. */
export const maxSpans = 64;

/** The union of spans, ascending and apart. Empty ones are nothing. */
export function uniteSpans(spans: Iterable<Span>): Span[] {
  const sorted = [...spans].filter(([from, to]) => to > from).sort(([a], [b]) => a - b);
  const united: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = united.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else united.push([from, to]);
  }
  return united;
}

/** Seconds of united spans. */
export function spanSeconds(united: readonly Span[]): number {
  return united.reduce((sum, [from, to]) => sum + (to - from), 0);
}

/**
 * At most `limit` of united spans: the shortest gaps are closed, and their milliseconds told, to be counted as blind. So
 * the seconds that were watched stay what they are, unless something that comes later covers a closed gap.
 */
export function limitSpans(united: readonly Span[], limit = maxSpans): { spans: readonly Span[]; darkMillis: number } {
  if (united.length <= limit) return { spans: united, darkMillis: 0 };
  const gaps = united.slice(1).map(([from], i) => ({ at: i + 1, seconds: from - united[i]![1] }));
  gaps.sort((a, b) => a.seconds - b.seconds || a.at - b.at);
  const closed = new Set(gaps.slice(0, united.length - limit).map(({ at }) => at));
  const spans: [number, number][] = [];
  let dark = 0;
  for (const [at, [from, to]] of united.entries()) {
    const last = spans.at(-1);
    if (last === undefined || !closed.has(at)) {
      spans.push([from, to]);
      continue;
    }
    dark += from - last[1];
    last[1] = to;
  }
  return { spans, darkMillis: dark * 1000 };
}

/** Spans as a row holds them: `from:to,` each, so that texts put together are the spans of both. */
export function formatSpans(spans: Iterable<Span>): string {
  let text = '';
  for (const [from, to] of spans) text += `${from}:${to},`;
  return text;
}

/** Reads spans; what is none is left out. */
export function parseSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const one of text.split(',')) {
    const colon = one.indexOf(':');
    const from = colon < 1 ? Number.NaN : Number(one.slice(0, colon));
    const to = Number(one.slice(colon + 1));
    if (to >= from) spans.push([from, to]);
  }
  return spans;
}
