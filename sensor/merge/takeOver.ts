import { Refusal } from '../../core/sketch/refusal.ts';
import { TopRows } from '../../core/sketch/top/topRows.ts';
import { Split } from '../../core/summary/split.ts';
import { Summary } from '../../core/summary/summary.ts';
import { AppError } from '../../runtime/error.ts';
import type { HandedRows, HandedWindow } from '../window/handOver.ts';
import type { WindowSummary } from '../window/part.ts';

/** The window that a capture worker handed over, with its lists put in order: the part of the work that takes time. */
export function takeOver({ envelope, sections, lists, scope, point }: HandedWindow): WindowSummary {
  const summary = Summary.fromSections(sections);
  if (summary instanceof Refusal) throw new AppError('summary.refused', `a summary of a worker: ${String(summary)}`);
  const rows = lists.map(rowsOf);
  const split = (at: number): Split<TopRows> => new Split(rows[at]!, rows[at + 1]!, scope);
  summary.values.topHosts = split(0);
  summary.values.topSources = split(2);
  summary.values.topDestinations = split(4);
  summary.values.topPairs = split(6);
  summary.values.topServices = rows[8]!;
  summary.values.statusClients = rows[9]!;
  summary.values.statusServers = rows[10]!;
  if (point !== undefined && summary.keyed !== undefined) {
    const { pointOctets } = summary.keyed;
    pointOctets.counters.set(point.counters);
    pointOctets.total = point.total;
  }
  return { ...envelope, summary };
}

function rowsOf(handed: HandedRows): TopRows {
  const rows = new TopRows(handed.width, handed.octets.length);
  rows.keys = handed.keys;
  rows.octets = handed.octets;
  rows.packets = handed.packets;
  rows.missedOctets = handed.missedOctets;
  rows.missedPackets = handed.missedPackets;
  rows.floorOctets = handed.floorOctets;
  rows.floorPackets = handed.floorPackets;
  rows.sortByKey();
  return rows;
}
