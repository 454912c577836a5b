import type { Journal } from './journal.ts';
import { tapId } from './journalEntry.ts';
import type { LoadedCounts, LoadedRows } from './loadedRows.ts';
import type { LogStore } from './logStore.ts';
import { longestGrain } from './planPieces.ts';
import { leastCommonMultiple } from './ranges.ts';
import type { Retention } from './retention.ts';
import { addUp } from './storeCounts.ts';
import type { SpanQuery, SummaryStore, TapKey, TapSection, TapSpan } from './summaryStore.ts';
import type { NumberedTap, TapTable } from './tapTable.ts';

/** Grain of a deployment without windows. */
const defaultWindow = 10;

export interface StoreDeps {
  journal: Journal;
  taps: TapTable;
  loaded: LoadedRows;
  retention: Pick<Retention, 'run'>;
  /** Is told of each message that became durable. */
  logs: Pick<LogStore, 'arrived'>;
}

/**
 * The bulk door: the journal takes in and holds what is not loaded yet, the engine's tables hold the rest. A question
 * takes both as they are at one moment: what is loaded up to a segment, and what waits beyond it. So each row is in
 * exactly one of them, also while a segment moves, and everything that was acknowledged before the question is in it.
 */
export function createStore({ journal, taps, loaded, retention, logs }: StoreDeps): SummaryStore {
  let read = 0;

  const accepted = (accepts: SpanQuery['accepts']): NumberedTap[] => taps.taps().filter((tap) => accepts(tap));

  /** Both halves as they are now. Nothing may be awaited between the two. */
  function open({ cuts, accepts }: SpanQuery) {
    const view = loaded.open();
    const waiting = journal.view({ from: cuts[0] ?? 0, to: cuts.at(-1) ?? 0, accepts }, view.upTo);
    return {
      view,
      waiting,
      async close() {
        view.close();
        await waiting.close();
      },
    };
  }

  async function* sections(query: SpanQuery, kinds: ReadonlySet<number>): AsyncIterable<TapSection> {
    const halves = open(query);
    try {
      const numbers = accepted(query.accepts).map(({ id }) => id);
      if (numbers.length > 0)
        for await (const { tap, ...rest } of halves.view.sections({ cuts: query.cuts, taps: numbers }, kinds)) {
          const key = taps.tapOf(tap);
          if (key !== undefined) yield { tap: keyOf(key), ...rest };
        }
      for await (const section of halves.waiting.sections(query.cuts, kinds)) {
        read += 1;
        yield section;
      }
    } finally {
      await halves.close();
    }
  }

  return {
    async append(delivery) {
      const isNew = await journal.append(delivery);
      if (isNew) logs.arrived(delivery);
      return isNew;
    },
    received: (stream) => journal.received(stream),
    subscribe: (listener) => journal.subscribe(listener),
    grain(from, to, accepts) {
      const numbers = accepted(accepts).map(({ id }) => id);
      let grain = numbers.length === 0 ? 0 : loaded.grain(from, to, numbers);
      for (const seconds of journal.index.widths({ from, to, accepts }))
        grain = grain === 0 ? seconds : Math.min(longestGrain, leastCommonMultiple(grain, seconds));
      return grain === 0 ? defaultWindow : grain;
    },
    async counts(query) {
      const halves = open(query);
      try {
        const numbers = accepted(query.accepts).map(({ id }) => id);
        const counts = numbers.length === 0 ? [] : await halves.view.counts({ cuts: query.cuts, taps: numbers });
        const { rows } = halves.waiting;
        read += rows.length;
        return addUp(query.cuts, rows, withTaps(counts));
      } finally {
        await halves.close();
      }
    },
    sections,
    rowsRead: () => read + loaded.rowsRead(),
    taps: () => joinTaps(taps.taps(), journal.index.taps()),
    expire: () => retention.run(),
  };

  function* withTaps(counts: Iterable<LoadedCounts>): Iterable<{ tap: TapKey; counts: LoadedCounts }> {
    for (const one of counts) {
      const tap = taps.tapOf(one.tap);
      if (tap !== undefined) yield { tap, counts: one };
    }
  }
}

const keyOf = ({ site, sensor, tap }: TapKey): TapKey => ({ site, sensor, tap });

/** What is known of each tap, from what is loaded and what waits. */
function joinTaps(loaded: readonly NumberedTap[], waiting: readonly TapSpan[]): TapSpan[] {
  const all = new Map<string, TapSpan>();
  // A number may have been given before anything was loaded.
  for (const { id: _, ...tap } of loaded) if (tap.windows > 0) all.set(tapId(tap), tap);
  for (const tap of waiting) {
    const known = all.get(tapId(tap));
    if (known === undefined) {
      all.set(tapId(tap), tap);
      continue;
    }
    const newest = tap.to >= known.to ? tap : known;
    all.set(tapId(tap), {
      ...newest,
      from: Math.min(known.from, tap.from),
      expiredTo: known.expiredTo,
      windows: known.windows + tap.windows,
    });
  }
  return [...all.values()];
}
