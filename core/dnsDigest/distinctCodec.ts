import type { BitReader, BitWriter } from './bits.ts';
import { Distinct, MOST_RANK, MOST_REGISTER, MOST_SPARSE, REGISTER_BITS, REGISTERS } from './distinct.ts';

/**
 * A sketch in bits: ten of the number of its cells (or `DENSE`); then
 * sparse: of each cell the gap between registers by Golomb-Rice and the rank less one in unary;
 * dense: four bits of the commonest value. Is that 0, then 13 bits of the number of others, and these as cells are (a value
 * stands for the rank); else each register's distance to it in unary, alternately above and below.
 */
const COUNT_BITS = 10;
const DENSE = 2 ** COUNT_BITS - 1;
const VALUE_BITS = 4;

export function writeDistinct(out: BitWriter, sketch: Distinct): void {
  const { cells, registers } = sketch;
  if (cells === undefined) {
    out.bits(DENSE, COUNT_BITS);
    writeRegisters(out, registers!);
    return;
  }
  out.bits(cells.length, COUNT_BITS);
  const lower = gapBits(cells.length);
  let before = 0;
  for (const cell of cells) {
    out.rice((cell >>> 3) - before, lower);
    out.unary(cell & 7);
    before = cell >>> 3;
  }
}

/** A sketch, or undefined when the bits are none. */
export function readDistinct(from: BitReader): Distinct | undefined {
  const count = from.bits(COUNT_BITS);
  if (from.failed) return undefined;
  if (count === DENSE) return readRegisters(from);
  if (count > MOST_SPARSE) return undefined;
  const lower = gapBits(count);
  const cells = new Uint16Array(count);
  let register = 0;
  let last = -1;
  for (let i = 0; i < count; i++) {
    register += from.rice(lower, REGISTERS);
    const cell = register * 8 + from.unary(MOST_RANK - 1);
    if (from.failed || register >= REGISTERS || cell <= last) return undefined;
    cells[i] = cell;
    last = cell;
  }
  return Distinct.sparse(cells);
}

function writeRegisters(out: BitWriter, registers: Uint8Array): void {
  const counts = new Uint32Array(2 ** VALUE_BITS);
  for (const value of registers) counts[value]!++;
  const common = counts.indexOf(Math.max(...counts));
  out.bits(common, VALUE_BITS);
  if (common > 0) {
    for (const value of registers) out.unary(distance(value, common));
    return;
  }
  const filled = REGISTERS - counts[0]!;
  out.bits(filled, REGISTER_BITS);
  const lower = gapBits(filled);
  let before = 0;
  for (const [register, value] of registers.entries()) {
    if (value === 0) continue;
    out.rice(register - before, lower);
    out.unary(value - 1);
    before = register;
  }
}

function readRegisters(from: BitReader): Distinct | undefined {
  const common = from.bits(VALUE_BITS);
  const registers = new Uint8Array(REGISTERS);
  if (common === 0) return readFilled(from, registers);
  for (let i = 0; i < REGISTERS; i++) {
    const value = fromDistance(from.unary(2 * MOST_REGISTER), common);
    if (from.failed || value < 0 || value > MOST_REGISTER) return undefined;
    registers[i] = value;
  }
  return Distinct.dense(registers);
}

function readFilled(from: BitReader, registers: Uint8Array): Distinct | undefined {
  const filled = from.bits(REGISTER_BITS);
  const lower = gapBits(filled);
  let register = 0;
  for (let i = 0; i < filled; i++) {
    register += from.rice(lower, REGISTERS);
    const value = from.unary(MOST_REGISTER - 1) + 1;
    if (from.failed || register >= REGISTERS || registers[register] !== 0) return undefined;
    registers[register] = value;
  }
  return Distinct.dense(registers);
}

/** The bits of a divisor for gaps between so many of the registers. */
function gapBits(count: number): number {
  return count === 0 ? 0 : Math.max(0, Math.floor(Math.log2((Math.LN2 * REGISTERS) / count)));
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

/** About how many octets a sketch takes. */
export function distinctOctets({ cells }: Distinct): number {
  if (cells === undefined) return REGISTERS * 0.4;
  return 2 + (cells.length * (gapBits(cells.length) + 4)) / 8;
}
