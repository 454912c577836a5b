import { Hll } from '../sketch/hll/hll.ts';
import { LG_K } from './kinds.ts';
import type { Summary } from './summary.ts';

/**
 * The HLL registers of sources, destinations, pairs, flows and services, in this order, 4,096 bytes each. Two runs over
 * the same packets have the same, however many workers they used.
 */
export function registersOf(summary: Summary): Uint8Array<ArrayBuffer> {
  const { sources, destinations, pairs, flows, services } = summary.values;
  const out = new Uint8Array(5 << LG_K);
  [sources, destinations, pairs, flows, services].forEach(({ hll }, i) => {
    const registers = hll.lgK === LG_K ? hll.toRegisterArray() : new Hll(LG_K).toRegisterArray();
    out.set(registers, i << LG_K);
  });
  return out;
}
