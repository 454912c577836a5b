import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { serviceKey } from '../../core/summary/flowKeys.ts';
import { noLoss } from '../../core/summary/part.ts';
import { Statistics } from '../../core/summary/statistics.ts';
import type { WindowSummary } from '../../sensor/window/part.ts';

/** What a flow did in a window: host `a` (in 10/8) sent to host `b` (global). */
export interface FlowWindow {
  a: number;
  b: number;
  packets: number;
  octets: number;
}

export interface WindowPlace {
  start: number;
  windowSeconds: number;
  worker?: number;
  supplement?: boolean;
  seed?: Uint8Array;
  covered?: { from: number; to: number };
}

/** The address of host `n`, as four words. */
export function hostWords(n: number, isLocal: boolean): number[] {
  return [0, 0, 0xffff, (isLocal ? 0x0a000000 : 0x08000000) + n];
}

/** A window as a capture worker would hand it over. Counters: `packets` and `octets`. */
export function windowOf(flows: readonly FlowWindow[], place: WindowPlace, hasher = new KeyHasher()): WindowSummary {
  const { start, windowSeconds, worker = 0, supplement = false, seed } = place;
  const { from, to } = place.covered ?? { from: start, to: supplement ? start : start + windowSeconds };
  const keyed = seed === undefined ? {} : { keyed: { seed, windowSeconds } };
  const options = { exact: false, topCapacity: 1024, by: 'octets' as const, number: start / windowSeconds, ...keyed };
  const statistics = new Statistics(options, hasher);
  let [packets, octets] = [0, 0];
  for (const flow of flows) {
    const words = Uint32Array.from([...hostWords(flow.a, true), ...hostWords(flow.b, false)]);
    statistics.deltas.set([flow.packets, flow.octets, 0, 0]);
    statistics.feed(words, 0, 0, 6, 40_000 + (flow.a % 1000), 443, serviceKey(6, 443), true);
    statistics.ended.set([flow.octets, flow.packets / 10, 0.01, 0]);
    statistics.connectionEnded();
    packets += flow.packets;
    octets += flow.octets;
  }
  statistics.counters.add('packets', packets);
  statistics.counters.add('octets', octets);
  return {
    worker,
    start,
    supplement,
    coveredFrom: from,
    coveredTo: to,
    packets,
    octets,
    loss: noLoss,
    summary: statistics.toSummary(),
  };
}
