/**
 * Apache DataSketches HLL, binary form, little-endian; written as Java writes it.
 *
 * | byte | meaning |
 * | --- | --- |
 * | 0 | integers of preamble: LIST 2, SET 3, HLL 10 |
 * | 1, 2 | serial version 1, family 7 |
 * | 3 | lgK 4..21 |
 * | 4 | LIST 3; SET log2 of its table; HLL_4 log2 of its exception table; else 0 |
 * | 5 | flags: 4 empty, 8 compact, 16 out of order |
 * | 6 | LIST number of coupons; HLL_4 least register |
 * | 7 | low two bits the mode (0 LIST, 1 SET, 2 HLL), next two the type (0 HLL_4, 1 HLL_6, 2 HLL_8) |
 * | LIST 8 | coupons of 4 bytes |
 * | SET 8, 12 | number, then coupons |
 * | HLL 8, 16, 24 | doubles: running estimate, sums of 2^-register below 32 and from 32 on |
 * | HLL 32, 36, 40 | zero registers (HLL_4: those at the least), number of exceptions, registers |
 */
import { ByteReader } from '../byteReader.ts';
import { ByteWriter } from '../byteWriter.ts';
import { Refusal } from '../refusal.ts';
import { findCoupon, Hll, LIST_LG_SIZE, SET_MIN_LG_SIZE } from './hll.ts';

const SERIAL_VERSION = 1;
const FAMILY = 7;
const FLAG_EMPTY = 4;
const FLAG_COMPACT = 8;
const FLAG_OUT_OF_ORDER = 16;
const TYPE_HLL_8 = 2 << 2;

const Mode = { LIST: 0, SET: 1, HLL: 2 } as const;
const Type = { HLL_4: 0, HLL_6: 1, HLL_8: 2 } as const;

/** In HLL_4 a nibble of 15 means: look among the exceptions. */
const EXCEPTION = 15;

/** The sketch as bytes: 8 when empty, 12 to 1,548 as coupons, 40 + 2^lgK as registers. */
export function encodeHll(hll: Hll): Uint8Array {
  const writer = new ByteWriter(hll.mode === 'hll' ? 40 + hll.registers.length : 12 + 4 * hll.count);
  if (hll.mode === 'hll') writeRegisters(writer, hll);
  else writeCoupons(writer, hll);
  return writer.finish();
}

function writeCoupons(writer: ByteWriter, hll: Hll): void {
  const list = hll.mode === 'list';
  writer.u8(list ? 2 : 3);
  writer.u8(SERIAL_VERSION);
  writer.u8(FAMILY);
  writer.u8(hll.lgK);
  writer.u8(hll.lgTable);
  writer.u8(FLAG_COMPACT | (hll.count === 0 ? FLAG_EMPTY : 0));
  writer.u8(list ? hll.count : 0);
  writer.u8(TYPE_HLL_8 | (list ? Mode.LIST : Mode.SET));
  if (!list) writer.u32(hll.count);
  for (const coupon of hll.packed ?? hll.coupons) if (coupon !== 0) writer.u32(coupon >>> 0);
}

function writeRegisters(writer: ByteWriter, hll: Hll): void {
  writer.u8(10);
  writer.u8(SERIAL_VERSION);
  writer.u8(FAMILY);
  writer.u8(hll.lgK);
  writer.u8(0);
  // Java cannot update a sketch in place that has the compact flag in this mode, so it is not set.
  writer.u8(hll.outOfOrder ? FLAG_OUT_OF_ORDER : 0);
  writer.u8(0);
  writer.u8(TYPE_HLL_8 | Mode.HLL);
  writer.f64(hll.hip);
  writer.f64(hll.kxq0);
  writer.f64(hll.kxq1);
  writer.u32(hll.zeros);
  writer.u32(0);
  writer.bytes(hll.registers);
}

const refuse = (reason: string): Refusal => new Refusal('hll', reason);

/** The first eight bytes, checked. */
interface Head {
  readonly lgK: number;
  readonly lgTable: number;
  readonly flags: number;
  readonly least: number;
  readonly type: number;
}

/** Reads HLL_8, HLL_6 or HLL_4 of any mode and language; what comes out is always HLL_8. Bytes left over are refused. */
export function decodeHll(bytes: Uint8Array): Hll | Refusal {
  const reader = new ByteReader(bytes);
  const preamble = reader.u8();
  const version = reader.u8();
  const family = reader.u8();
  const lgK = reader.u8();
  const lgTable = reader.u8();
  const flags = reader.u8();
  const least = reader.u8();
  const modeAndType = reader.u8();
  if (reader.failed) return refuse('shorter than its preamble');
  if (family !== FAMILY) return refuse(`family ${family} is not ${FAMILY}`);
  if (version !== SERIAL_VERSION) return refuse(`serial version ${version} is not ${SERIAL_VERSION}`);
  if (lgK < 4 || lgK > 21) return refuse(`lgK ${lgK} is not in 4..21`);
  const head: Head = { lgK, lgTable, flags, least, type: (modeAndType >> 2) & 3 };
  if (head.type > Type.HLL_8) return refuse('register type 3 is unknown');
  const mode = modeAndType & 3;
  if (mode === Mode.LIST && preamble === 2) return readList(reader, head);
  if (mode === Mode.SET && preamble === 3) return readSet(reader, head);
  if (mode === Mode.HLL && preamble === 10) return readRegisters(reader, head);
  return refuse(`mode ${mode} with a preamble of ${preamble}`);
}

/** Coupons follow compactly, or the whole table with zeros between; either way `count` of them are not zero. */
function readCoupons(reader: ByteReader, count: number, slots: number): Int32Array | Refusal {
  if (reader.left !== slots * 4) return refuse(`${reader.left} bytes for ${slots} coupons`);
  const coupons = new Int32Array(count);
  let n = 0;
  for (let i = 0; i < slots; i++) {
    const coupon = reader.u32();
    if (coupon === 0) continue;
    if (coupon >>> 26 === 0) return refuse('a coupon without a value');
    if (n < count) coupons[n] = coupon;
    n++;
  }
  return n === count ? coupons : refuse(`${n} coupons where ${count} were said`);
}

function readList(reader: ByteReader, head: Head): Hll | Refusal {
  const hll = new Hll(head.lgK);
  const count = head.least;
  if (count >= hll.coupons.length) return refuse(`a list of ${count} coupons`);
  if ((head.flags & FLAG_EMPTY) !== 0 && count > 0) return refuse('empty, with coupons');
  if (count === 0 && reader.done) return hll;
  const compact = (head.flags & FLAG_COMPACT) !== 0;
  const coupons = readCoupons(reader, count, compact ? count : 1 << LIST_LG_SIZE);
  if (coupons instanceof Refusal) return coupons;
  for (const coupon of coupons) hll.addCoupon(coupon);
  return hll.count === count ? hll : refuse('a coupon twice');
}

function readSet(reader: ByteReader, head: Head): Hll | Refusal {
  const count = reader.u32();
  const { lgTable } = head;
  if (lgTable < SET_MIN_LG_SIZE || lgTable > head.lgK - 3) return refuse(`a set of 2^${lgTable}`);
  // A set grows when it is three quarters full and never shrinks; memory is taken by what is there, not by what is claimed.
  const loose = lgTable > SET_MIN_LG_SIZE && 8 * count < 1 << lgTable;
  if (count === 0 || loose || 4 * count > 3 * (1 << lgTable))
    return refuse(`${count} coupons in a set of 2^${lgTable}`);
  const compact = (head.flags & FLAG_COMPACT) !== 0;
  const coupons = readCoupons(reader, count, compact ? count : 1 << lgTable);
  if (coupons instanceof Refusal) return coupons;
  const hll = new Hll(head.lgK);
  hll.mode = 'set';
  hll.lgTable = lgTable;
  hll.coupons = new Int32Array(1 << lgTable);
  for (const coupon of coupons) {
    const at = findCoupon(hll.coupons, lgTable, coupon);
    if (at >= 0) return refuse('a coupon twice');
    hll.coupons[~at] = coupon;
  }
  hll.count = count;
  hll.packed = coupons;
  return hll;
}

function readRegisters(reader: ByteReader, head: Head): Hll | Refusal {
  const hip = reader.f64();
  // The sums and the number of zeros follow from the registers, exactly; they are not taken on trust.
  reader.bytes(20);
  const exceptions = reader.u32();
  if (reader.failed) return refuse('shorter than its preamble');
  const registers =
    head.type === Type.HLL_8
      ? readHll8(reader, head)
      : head.type === Type.HLL_6
        ? readHll6(reader, head)
        : readHll4(reader, head, exceptions);
  if (registers instanceof Refusal) return registers;
  if (!reader.done) return refuse('bytes left over');
  const hll = new Hll(head.lgK);
  hll.toRegisters();
  for (let slot = 0; slot < registers.length; slot++) {
    const value = registers[slot]!;
    if (value > 63) return refuse(`a register of ${value}`);
    if (value > 0) hll.addCoupon((value << 26) | slot);
  }
  if ((head.flags & FLAG_OUT_OF_ORDER) !== 0) {
    hll.setOutOfOrder();
  } else {
    if (!(hip >= 0 && hip < Number.POSITIVE_INFINITY)) return refuse('the running estimate is no number');
    hll.hip = hip;
  }
  return hll;
}

function readHll8(reader: ByteReader, head: Head): Uint8Array | Refusal {
  const registers = reader.bytes(1 << head.lgK);
  return reader.failed ? refuse('registers are missing') : registers;
}

function readHll6(reader: ByteReader, head: Head): Uint8Array | Refusal {
  const k = 1 << head.lgK;
  const packed = reader.bytes(((k * 3) >>> 2) + 1);
  if (reader.failed) return refuse('registers are missing');
  const registers = new Uint8Array(k);
  for (let slot = 0; slot < k; slot++) {
    const bit = slot * 6;
    const at = bit >>> 3;
    registers[slot] = ((packed[at]! | (packed[at + 1]! << 8)) >>> (bit & 7)) & 63;
  }
  return registers;
}

function readHll4(reader: ByteReader, head: Head, exceptions: number): Uint8Array | Refusal {
  const k = 1 << head.lgK;
  const packed = reader.bytes(k >>> 1);
  if (reader.failed) return refuse('registers are missing');
  if (head.least > 63) return refuse(`a least register of ${head.least}`);
  const registers = new Uint8Array(k);
  let expected = 0;
  for (let slot = 0; slot < k; slot++) {
    const nibble = (packed[slot >>> 1]! >>> ((slot & 1) * 4)) & 15;
    if (nibble === EXCEPTION) expected++;
    registers[slot] = nibble === EXCEPTION ? 0 : nibble + head.least;
  }
  if (exceptions !== expected) return refuse(`${exceptions} exceptions where ${expected} are needed`);
  if ((head.flags & FLAG_COMPACT) === 0 && head.lgTable > head.lgK) return refuse('a table larger than the sketch');
  const slots = (head.flags & FLAG_COMPACT) === 0 && exceptions > 0 ? 1 << head.lgTable : exceptions;
  const pairs = readCoupons(reader, exceptions, slots);
  if (pairs instanceof Refusal) return pairs;
  for (const pair of pairs) {
    const slot = pair & (k - 1);
    const nibble = (packed[slot >>> 1]! >>> ((slot & 1) * 4)) & 15;
    if (nibble !== EXCEPTION || registers[slot] !== 0) return refuse('an exception that is none');
    registers[slot] = pair >>> 26;
  }
  return registers;
}
