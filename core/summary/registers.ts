import type { Distinct } from '../sketch/distinct/distinct.ts';
import { Hll } from '../sketch/hll/hll.ts';
import { LG_K } from './kinds.ts';
import { unionOf } from './split.ts';
import type { Summary } from './summary.ts';

/**
 * The HLL registers of sources, destinations, pairs, flows (local and remote together) and services, in this order, 4,096
 * bytes each. Two runs over the same packets have the same, however many workers they used and whatever is local to them.
 */
export function registersOf(summary: Summary): Uint8Array<ArrayBuffer> {
  const { sources, destinations, pairs, flows, services } = summary.values;
  const counts: Distinct[] = [unionOf(sources), unionOf(destinations), unionOf(pairs), unionOf(flows), services];
  const out = new Uint8Array(counts.length << LG_K);
  counts.forEach(({ hll }, i) => {
    const registers = hll.lgK === LG_K ? hll.toRegisterArray() : new Hll(LG_K).toRegisterArray();
    out.set(registers, i << LG_K);
  });
  return out;
}
