import type { BpfProgram } from '../../../core/packet/bpf/program.ts';
import { SPREAD_FOLD, SPREAD_MIX, SPREAD_END } from '../../../core/packet/spread.ts';

/** Classic BPF (linux/filter.h, bpf_common.h): instruction codes that are used here. */
const Op = {
  LD_WORD_ABS: 0x20,
  LD_HALF_IND: 0x48,
  LD_WORD_IND: 0x40,
  LD_MEM: 0x60,
  LDX_IMM: 0x01,
  LDX_MEM: 0x61,
  ST: 0x02,
  STX: 0x03,
  ADD_K: 0x04,
  ADD_X: 0x0c,
  MUL_K: 0x24,
  RSH_K: 0x74,
  XOR_X: 0xac,
  JEQ_K: 0x15,
  TAX: 0x07,
  TXA: 0x87,
  RET_K: 0x06,
  RET_A: 0x16,
} as const;

/** Loads from here on read the packet's metadata (SKF_AD_OFF): its EtherType at 0, its direction at 4. */
const METADATA = 0xffff_f000;
const PROTOCOL = METADATA;
const PACKET_TYPE = METADATA + 4;
const OUTGOING = 4;

/** Memory words: where the network header is, and two half-made hashes. */
const BASE = 0;
const PART = 1;
const SOURCE = 2;
const DESTINATION = 3;

interface Instruction {
  code: number;
  k: number;
  /** Labels to jump to when equal and when not; absent = the next instruction. */
  equal?: string;
  other?: string;
}

/**
 * The program of a fanout group: a symmetric hash of the two outer IP addresses, the same number that `spread` gives for
 * such a packet, so both directions and all fragments reach the same worker. Packets without an IP header behind at most
 * two VLAN tags (and another one that the kernel took off an arriving packet) are 0. The kernel takes the answer modulo the group's size.
 *
 * The kernel runs it on an arriving packet from its network header, on a leaving one from its link header, which is
 * `linkHeaderBytes` long: 14 for Ethernet, 0 for interfaces without one.
 */
export function fanoutProgram(linkHeaderBytes: 0 | 14): BpfProgram {
  const code: (Instruction | string)[] = [
    { code: Op.LD_WORD_ABS, k: PACKET_TYPE },
    { code: Op.LDX_IMM, k: 0 },
    { code: Op.JEQ_K, k: OUTGOING, other: 'protocol' },
    { code: Op.LDX_IMM, k: linkHeaderBytes },
    'protocol',
    { code: Op.LD_WORD_ABS, k: PROTOCOL },
    ...passTag('first'),
    ...passTag('second'),
    'untagged',
    { code: Op.STX, k: BASE },
    { code: Op.JEQ_K, k: 0x0800, equal: 'ipv4' },
    { code: Op.JEQ_K, k: 0x86dd, equal: 'ipv6' },
    { code: Op.RET_K, k: 0 },
    'ipv6',
    ...foldAddress(8, SOURCE),
    ...foldAddress(24, DESTINATION),
    { code: Op.LD_MEM, k: SOURCE },
    { code: Op.JEQ_K, k: 0, equal: 'mix', other: 'mix' },
    'ipv4',
    { code: Op.LD_WORD_IND, k: 12 },
    { code: Op.ST, k: SOURCE },
    { code: Op.LD_WORD_IND, k: 16 },
    { code: Op.ST, k: DESTINATION },
    'mix',
    ...mixEnd(DESTINATION),
    { code: Op.ST, k: PART },
    ...mixEnd(SOURCE),
    { code: Op.LDX_MEM, k: PART },
    { code: Op.ADD_X, k: 0 },
    ...shiftXor(15),
    { code: Op.MUL_K, k: SPREAD_MIX },
    ...shiftXor(16),
    { code: Op.RET_A, k: 0 },
  ];
  return assemble(code);
}

/** Passes over a VLAN tag: when A is a tag's EtherType, X moves on and A becomes the next one; else jumps to `untagged`. */
function passTag(label: string): (Instruction | string)[] {
  return [
    { code: Op.JEQ_K, k: 0x8100, equal: label },
    { code: Op.JEQ_K, k: 0x88a8, equal: label, other: 'untagged' },
    label,
    { code: Op.LD_HALF_IND, k: 2 },
    { code: Op.ST, k: PART },
    { code: Op.TXA, k: 0 },
    { code: Op.ADD_K, k: 4 },
    { code: Op.TAX, k: 0 },
    { code: Op.LD_MEM, k: PART },
  ];
}

/** A = ((w0 * FOLD + w1) * FOLD + w2) * FOLD + w3 of the 16 bytes at `at` behind the base, stored in `into`. */
function foldAddress(at: number, into: number): Instruction[] {
  const out: Instruction[] = [
    { code: Op.LDX_MEM, k: BASE },
    { code: Op.LD_WORD_IND, k: at },
  ];
  for (let word = 1; word < 4; word++) {
    out.push(
      { code: Op.MUL_K, k: SPREAD_FOLD },
      { code: Op.ST, k: PART },
      { code: Op.LDX_MEM, k: BASE },
      { code: Op.LD_WORD_IND, k: at + word * 4 },
      { code: Op.LDX_MEM, k: PART },
      { code: Op.ADD_X, k: 0 },
    );
  }
  out.push({ code: Op.ST, k: into });
  return out;
}

/** A = the mixed word of an end. */
function mixEnd(end: number): Instruction[] {
  return [
    { code: Op.LD_MEM, k: end },
    { code: Op.MUL_K, k: SPREAD_END },
    ...shiftXor(16),
    { code: Op.MUL_K, k: SPREAD_MIX },
  ];
}

/** A ^= A >>> bits. */
function shiftXor(bits: number): Instruction[] {
  return [
    { code: Op.TAX, k: 0 },
    { code: Op.RSH_K, k: bits },
    { code: Op.XOR_X, k: 0 },
  ];
}

function assemble(code: readonly (Instruction | string)[]): BpfProgram {
  const labels = new Map<string, number>();
  const instructions: Instruction[] = [];
  for (const entry of code) {
    if (typeof entry === 'string') labels.set(entry, instructions.length);
    else instructions.push(entry);
  }
  const distance = (from: number, label: string | undefined): number => {
    const to = label === undefined ? from + 1 : labels.get(label);
    if (to === undefined || to <= from || to - from - 1 > 255)
      throw new Error(`no way from ${from} to ${String(label)}`);
    return to - from - 1;
  };
  return {
    code: Uint16Array.from(instructions, (it) => it.code),
    jt: Uint8Array.from(instructions, (it, i) => (it.code === Op.JEQ_K ? distance(i, it.equal) : 0)),
    jf: Uint8Array.from(instructions, (it, i) => (it.code === Op.JEQ_K ? distance(i, it.other) : 0)),
    k: Uint32Array.from(instructions, (it) => it.k),
  };
}

/**
 * The number of the fanout group of one process (or other `base` that its workers share) on one interface. Groups are
 * looked up by number in a network namespace, and one holds sockets of a single interface only.
 */
export function fanoutGroup(base: number, index: number): number {
  const mixed = Math.imul(base ^ Math.imul(index, 0x9e37_79b1), 0x85eb_ca6b);
  return (mixed >>> 16) & 0xffff;
}
