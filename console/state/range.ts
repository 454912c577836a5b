/** The span that the page is about. */
export type Range =
  | { readonly kind: 'last'; readonly seconds: number }
  /** Seconds since 1970, [from, to). */
  | { readonly kind: 'span'; readonly from: number; readonly to: number }
  /** Everything that any sensor shipped: for captures of other times. */
  | { readonly kind: 'all' };

export const presets: readonly { readonly seconds: number; readonly label: string; readonly title: string }[] = [
  { seconds: 900, label: '15 min', title: 'the last 15 minutes' },
  { seconds: 3600, label: '1 h', title: 'the last hour' },
  { seconds: 86_400, label: '24 h', title: 'the last 24 hours' },
  { seconds: 604_800, label: '7 d', title: 'the last 7 days' },
];

export const defaultRange: Range = { kind: 'last', seconds: 3600 };

/** What is shown of data that begins or ends then (seconds since 1970), before anybody chose. */
export function firstRange(data: { from: number; to: number }, now: number): Range {
  const hour = 3600;
  // Replays of old captures have nothing in the last hour; a sensor that was just started, little.
  if (data.to < now - hour) return { kind: 'all' };
  return data.from > now - hour / 4 ? { kind: 'last', seconds: hour / 4 } : defaultRange;
}

/** The range as the part of the address behind `#`, so that a page can be reloaded, kept and sent to somebody. */
export function formatRange(range: Range): string {
  if (range.kind === 'all') return 'all';
  return range.kind === 'last' ? `last=${range.seconds}` : `from=${range.from}&to=${range.to}`;
}

/** Reads it back; undefined when it is none. */
export function parseRange(text: string): Range | undefined {
  const words = new URLSearchParams(text.replace(/^#/, ''));
  if (words.has('all')) return { kind: 'all' };
  const last = whole(words.get('last'));
  if (last !== undefined && last > 0) return { kind: 'last', seconds: last };
  const [from, to] = [whole(words.get('from')), whole(words.get('to'))];
  return from !== undefined && to !== undefined && from < to ? { kind: 'span', from, to } : undefined;
}

export function sameRange(one: Range, other: Range): boolean {
  return formatRange(one) === formatRange(other);
}

/** Whether new windows can belong to it. */
export function follows(range: Range): boolean {
  return range.kind !== 'span';
}

function whole(text: string | null): number | undefined {
  return text !== null && /^-?\d{1,12}$/.test(text) ? Number(text) : undefined;
}
