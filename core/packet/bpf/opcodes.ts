/**
 * Instruction codes of the classic BSD packet filter: the sum of a class, a size or operation, and a mode or operand
 * (S. McCanne and V. Jacobson, "The BSD Packet Filter", USENIX 1993; MOD and XOR as libpcap and Linux add them).
 */

/** The class is the code's low three bits. */
export const Class = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, RET: 6, MISC: 7 } as const;

/** Where a load reads: a constant, the packet at k, the packet at X + k, scratch memory, the wire length, 4 * (byte & 15). */
export const Mode = { IMM: 0x00, ABS: 0x20, IND: 0x40, MEM: 0x60, LEN: 0x80, MSH: 0xa0 } as const;

/** How much a load reads: 4, 2 or 1 bytes, big-endian. */
export const Size = { W: 0x00, H: 0x08, B: 0x10 } as const;

/** The second operand of an arithmetic or jump instruction: the constant k or the register X. */
export const Operand = { K: 0x00, X: 0x08 } as const;

export const Alu = {
  ADD: 0x00,
  SUB: 0x10,
  MUL: 0x20,
  DIV: 0x30,
  OR: 0x40,
  AND: 0x50,
  LSH: 0x60,
  RSH: 0x70,
  NEG: 0x80,
  MOD: 0x90,
  XOR: 0xa0,
} as const;

export const Jump = { JA: 0x00, JEQ: 0x10, JGT: 0x20, JGE: 0x30, JSET: 0x40 } as const;

/** RET answers with the constant k or with the accumulator. */
export const Return = { K: 0x00, A: 0x10 } as const;

export const Misc = { TAX: 0x00, TXA: 0x80 } as const;

/** Words of scratch memory. */
export const scratchWords = 16;
