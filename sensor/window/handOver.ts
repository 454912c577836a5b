import { CountMin } from '../../core/sketch/countMin/countMin.ts';
import { TopRows } from '../../core/sketch/top/topRows.ts';
import type { TopList } from '../../core/sketch/top/topList.ts';
import type { Section } from '../../core/summary/part.ts';
import { Split } from '../../core/summary/split.ts';
import type { Statistics } from '../../core/summary/statistics.ts';
import { Summary, type SummaryValues } from '../../core/summary/summary.ts';
import { addCounters, envelopeOf, type PartOptions, type WindowEnvelope } from './part.ts';
import type { Window } from './window.ts';

/** The names of the lists that are split, in the order in which they are handed over. */
export const splitLists = ['topHosts', 'topSources', 'topDestinations', 'topPairs'] as const;

/** A list's columns, in any order of rows; the class does not travel. */
export type HandedRows = Pick<
  TopRows,
  'width' | 'keys' | 'octets' | 'packets' | 'missedOctets' | 'missedPackets' | 'floorOctets' | 'floorPackets'
>;

/**
 * A window on its way from a capture worker to the merge thread. Nothing was sorted, cut or rounded for it: lists are
 * copies of the tables' columns, counters of count-min too, and all else is sections, which are little more than copies.
 */
export interface HandedWindow {
  readonly envelope: WindowEnvelope;
  /** Every kind but health; lists and count-min are empty in here. */
  readonly sections: readonly Section[];
  /** The split lists, local and remote in turns, then services, statuses by client and by server. */
  readonly lists: readonly HandedRows[];
  /** By which networks lists are split. */
  readonly scope: number;
  readonly point: { readonly counters: Float64Array; readonly total: number } | undefined;
}

/** A closed window as a message, and the memory that goes with it. The window's statistics may be used again at once. */
export function handOver(window: Window, options: PartOptions): { window: HandedWindow; transfer: ArrayBuffer[] } {
  const { statistics } = window;
  addCounters(window);
  const lists = [
    ...splitLists.flatMap((name) => [statistics[name].local, statistics[name].remote]),
    statistics.topServices,
    statistics.applications.statusClients,
    statistics.applications.statusServers,
  ].map((list) => list.toUnsortedRows());
  const points = statistics.keyed?.pointOctets;
  const point = points === undefined ? undefined : { counters: points.counters.slice(), total: points.total };
  const handed: HandedWindow = {
    envelope: envelopeOf(window, options),
    sections: sectionsOf(statistics),
    lists: lists.map(({ width, keys, octets, packets, missedOctets, missedPackets, floorOctets, floorPackets }) => ({
      width,
      keys,
      octets,
      packets,
      missedOctets,
      missedPackets,
      floorOctets,
      floorPackets,
    })),
    scope: statistics.topHosts.scope,
    point,
  };
  const arrays = lists.flatMap((rows) => [rows.keys, rows.octets, rows.packets, rows.missedOctets, rows.missedPackets]);
  if (point !== undefined) arrays.push(point.counters);
  return { window: handed, transfer: arrays.map((array) => array.buffer as ArrayBuffer) };
}

/** What is small, or encoded by copying. */
function sectionsOf(statistics: Statistics): Section[] {
  const empty = ({ width, capacity }: TopList): TopRows => new TopRows(width, capacity);
  const none = (name: (typeof splitLists)[number]): Split<TopRows> => {
    const { local, remote, scope } = statistics[name];
    return new Split(empty(local), empty(remote), scope);
  };
  const values: SummaryValues = {
    counters: statistics.counters,
    health: statistics.health,
    sources: statistics.sources,
    destinations: statistics.destinations,
    pairs: statistics.pairs,
    flows: statistics.flows,
    services: statistics.services,
    names: statistics.applications.names,
    serverNames: statistics.applications.serverNames,
    topHosts: none('topHosts'),
    topSources: none('topSources'),
    topDestinations: none('topDestinations'),
    topPairs: none('topPairs'),
    topServices: empty(statistics.topServices),
    statusClients: empty(statistics.applications.statusClients),
    statusServers: empty(statistics.applications.statusServers),
    sizes: statistics.sizes.take(),
    durations: statistics.durations.take(),
    handshakes: statistics.handshakes.take(),
    retransmits: statistics.retransmits.take(),
  };
  const keyed = statistics.keyed?.toValues();
  if (keyed === undefined) return new Summary(values).toSections();
  const { rows, columns } = keyed.pointOctets;
  return new Summary(values, { ...keyed, pointOctets: new CountMin(rows, columns) }).toSections();
}
