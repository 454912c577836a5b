import { Hll } from './hll.ts';

/**
 * The sketch as it would be at a smaller lgK (never a larger one), a new one. Registers: the maximum of those that fall
 * together, and the running estimate stays, as in DataSketches' union; coupons lose nothing.
 */
export function downsample(hll: Hll, lgK: number): Hll {
  if (lgK >= hll.lgK) return hll.copy();
  const smaller = new Hll(lgK);
  if (hll.mode !== 'hll') {
    for (const coupon of hll.coupons) if (coupon !== 0) smaller.addCoupon(coupon);
    return smaller;
  }
  smaller.toRegisters();
  for (let slot = 0; slot < hll.registers.length; slot++) {
    const value = hll.registers[slot]!;
    if (value > 0) smaller.addCoupon((value << 26) | slot);
  }
  smaller.hip = hll.hip;
  if (hll.outOfOrder) smaller.setOutOfOrder();
  return smaller;
}
