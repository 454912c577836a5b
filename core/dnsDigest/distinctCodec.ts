import type { BitReader, BitWriter } from './bits.ts';
import {
  Distinct,
  LOW_BITS,
  LOW_MASK,
  MOST_RANK,
  MOST_REGISTER,
  MOST_SPARSE,
  POSITION_BITS,
  REGISTERS,
} from './distinct.ts';

/**
 * A sketch in bits: 11 of the number of sparse entries (or `DENSE`); then
 * sparse: gaps between positions by Golomb-Rice, after each whose lower bits are 0 its rank less one in unary;
 * dense: four bits of the commonest value, then each register's distance to it in unary, alternately above and below.
 * The best a bit stream can do is some 4 % less (sparse), 8 % less (dense).
 */
const COUNT_BITS = 11;
const DENSE = 2 ** COUNT_BITS - 1;

/** The divisor's bits for gaps of so many positions out of all. */
function gapBits(count: number): number {
  return Math.max(0, Math.floor(Math.log2((Math.LN2 * 2 ** POSITION_BITS) / count)));
}

export function writeDistinct(out: BitWriter, sketch: Distinct): void {
  const { entries, registers } = sketch;
  if (entries === undefined) {
    out.bits(DENSE, COUNT_BITS);
    writeRegisters(out, registers!);
    return;
  }
  out.bits(entries.length, COUNT_BITS);
  const lower = gapBits(entries.length);
  let next = 0;
  for (const entry of entries) {
    const position = entry >>> 4;
    out.rice(position - next, lower);
    if ((position & LOW_MASK) === 0) out.unary((entry & 15) - 1);
    next = position + 1;
  }
}

/** A sketch, or undefined when the bits are none. */
export function readDistinct(from: BitReader): Distinct | undefined {
  const count = from.bits(COUNT_BITS);
  if (from.failed) return undefined;
  if (count === DENSE) return readRegisters(from);
  if (count > MOST_SPARSE) return undefined;
  const lower = gapBits(count);
  const entries: number[] = [];
  let next = 0;
  for (let i = 0; i < count; i++) {
    const position = next + from.rice(lower, 2 ** POSITION_BITS);
    const rank = (position & LOW_MASK) === 0 ? from.unary(MOST_RANK - 1) + 1 : 0;
    if (from.failed || position >= 2 ** POSITION_BITS) return undefined;
    entries.push((position << 4) | rank);
    next = position + 1;
  }
  return Distinct.sparse(entries);
}

function writeRegisters(out: BitWriter, registers: Uint8Array): void {
  const counts = new Uint32Array(16);
  for (const value of registers) counts[value & 15]!++;
  const common = counts.indexOf(Math.max(...counts));
  out.bits(common, 4);
  for (const value of registers) out.unary(distance(value, common));
}

function readRegisters(from: BitReader): Distinct | undefined {
  const common = from.bits(4);
  const registers = new Uint8Array(REGISTERS);
  for (let i = 0; i < REGISTERS; i++) {
    const code = from.unary(2 * MOST_REGISTER);
    const value = fromDistance(code, common);
    if (from.failed || value < 0 || value > MOST_REGISTER) return undefined;
    registers[i] = value;
  }
  return Distinct.dense(registers);
}

/** 0 for the common value itself, then above, below, further above ...; where none is left below, all above in a row. */
function distance(value: number, common: number): number {
  const off = value - common;
  if (off > common) return off + common;
  return off > 0 ? 2 * off - 1 : -2 * off;
}

function fromDistance(code: number, common: number): number {
  if (code > 2 * common) return code;
  return code % 2 === 1 ? common + (code + 1) / 2 : common - code / 2;
}

/** About how many bits a sketch takes. */
export function distinctBits({ entries }: Distinct): number {
  if (entries === undefined) return COUNT_BITS + 3.5 * REGISTERS;
  return COUNT_BITS + entries.length * (gapBits(Math.max(1, entries.length)) + 2 + 2 / 2 ** LOW_BITS);
}
