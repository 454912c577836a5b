import { Alu, Class, Jump, Misc, Mode, Operand, Return, scratchWords, Size } from './opcodes.ts';

/**
 * A classic BPF program: one entry an instruction in each array. Jumps are relative to the instruction after them.
 * The value that it returns is the number of bytes to keep of the packet, 0 = the packet is not selected.
 */
export interface BpfProgram {
  readonly code: Uint16Array;
  readonly jt: Uint8Array;
  readonly jf: Uint8Array;
  readonly k: Uint32Array;
}

/** One instruction: code, jump if true, jump if false, k. */
export type BpfInstruction = readonly [code: number, jt: number, jf: number, k: number];

/** Most instructions that Linux accepts in a socket filter (BPF_MAXINSNS). */
export const maxKernelInstructions = 4096;

const instructionBytes = 8;

export function makeProgram(instructions: readonly BpfInstruction[]): BpfProgram {
  return {
    code: Uint16Array.from(instructions, (instruction) => instruction[0]),
    jt: Uint8Array.from(instructions, (instruction) => instruction[1]),
    jf: Uint8Array.from(instructions, (instruction) => instruction[2]),
    k: Uint32Array.from(instructions, (instruction) => instruction[3]),
  };
}

/** The program as C's `struct bpf_insn[]` / `struct sock_filter[]`: u16 code, u8 jt, u8 jf, u32 k, in the host's byte order. */
export function encodeProgram(program: BpfProgram): Uint8Array {
  const count = program.code.length;
  const memory = new ArrayBuffer(count * instructionBytes);
  const bytes = new Uint8Array(memory);
  const halves = new Uint16Array(memory);
  const words = new Uint32Array(memory);
  for (let i = 0; i < count; i++) {
    halves[i * 4] = program.code[i]!;
    bytes[i * instructionBytes + 2] = program.jt[i]!;
    bytes[i * instructionBytes + 3] = program.jf[i]!;
    words[i * 2 + 1] = program.k[i]!;
  }
  return bytes;
}

/** The inverse of `encodeProgram`; copies. `bytes` must start on a 4-byte boundary of its memory. */
export function decodeProgram(bytes: Uint8Array): BpfProgram {
  const count = Math.floor(bytes.byteLength / instructionBytes);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, count * 4);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, count * 2);
  return makeProgram(
    Array.from({ length: count }, (_, i): BpfInstruction => {
      const at = i * instructionBytes;
      return [halves[i * 4]!, bytes[at + 2]!, bytes[at + 3]!, words[i * 2 + 1]!];
    }),
  );
}

/**
 * What is wrong with a program, or `undefined`. A program that passes ends on every packet: all jumps go forward and
 * stay inside, and the last instruction returns. With `loops` an unconditional jump may go back, as in libpcap's
 * `protochain`; whoever runs that must count. Also refused, as Linux does (`bpf_check_classic` in net/core/filter.c):
 * unknown codes, division by a constant 0, shifts by a constant above 31, scratch words that do not exist, and scratch
 * words that are read on a path that has not written them (not looked for where there are loops).
 */
export function validateProgram(program: BpfProgram, loops = false): string | undefined {
  const count = program.code.length;
  if (count === 0) return 'the program is empty';
  for (let i = 0; i < count; i++) {
    const fault = instructionFault(program, i, loops);
    if (fault !== undefined) return `instruction ${i}: ${fault}`;
  }
  if ((program.code[count - 1]! & 7) !== Class.RET) return 'the last instruction does not return';
  return hasLoop(program) ? undefined : scratchFault(program);
}

/** Whether some jump goes back. */
export function hasLoop(program: BpfProgram): boolean {
  return program.code.some((code, i) => code === (Class.JMP | Jump.JA) && (program.k[i]! | 0) < 0);
}

function instructionFault(program: BpfProgram, i: number, loops: boolean): string | undefined {
  const code = program.code[i]!;
  const k = program.k[i]!;
  const left = program.code.length - i - 1;
  if (!knownCodes.has(code)) return `unknown code 0x${code.toString(16)}`;
  if (usesScratch(code)) return k < scratchWords ? undefined : `scratch word ${k} does not exist`;
  const kind = code & 7;
  const operation = code & 0xf0;
  if (kind === Class.ALU && (code & 8) === Operand.K) {
    if ((operation === Alu.DIV || operation === Alu.MOD) && k === 0) return 'division by zero';
    if ((operation === Alu.LSH || operation === Alu.RSH) && k > 31) return 'shift by more than 31 bits';
  }
  if (kind === Class.JMP) {
    const back = operation === Jump.JA ? k | 0 : 0;
    if (loops && back < 0 && i + 1 + back >= 0) return undefined;
    const furthest = operation === Jump.JA ? k : Math.max(program.jt[i]!, program.jf[i]!);
    if (furthest >= left) return 'jump out of the program';
  }
  return undefined;
}

/** Finds a read of scratch memory that some path reaches without a write: jumps go forward, so one pass is enough. */
function scratchFault(program: BpfProgram): string | undefined {
  const count = program.code.length;
  const everything = (1 << scratchWords) - 1;
  /** Words written on every path that leads to an instruction. */
  const written = new Uint32Array(count + 1).fill(everything);
  written[0] = 0;
  const flow = (to: number, mask: number): void => {
    written[to] = written[to]! & mask;
  };
  for (let i = 0; i < count; i++) {
    const code = program.code[i]!;
    const k = program.k[i]!;
    let mask = written[i]!;
    const kind = code & 7;
    if (kind === Class.ST || kind === Class.STX) mask |= 1 << k;
    else if (usesScratch(code) && (mask & (1 << k)) === 0)
      return `instruction ${i}: scratch word ${k} is read unwritten`;
    if (kind === Class.RET) continue;
    if (kind !== Class.JMP) flow(i + 1, mask);
    else if ((code & 0xf0) === Jump.JA) flow(i + 1 + k, mask);
    else {
      flow(i + 1 + program.jt[i]!, mask);
      flow(i + 1 + program.jf[i]!, mask);
    }
  }
  return undefined;
}

function usesScratch(code: number): boolean {
  const kind = code & 7;
  if (kind === Class.ST || kind === Class.STX) return true;
  return (kind === Class.LD || kind === Class.LDX) && (code & 0xe0) === Mode.MEM;
}

/** Every code that libpcap and Linux both know. */
export const knownCodes: ReadonlySet<number> = new Set([
  ...[Size.W, Size.H, Size.B].flatMap((size) => [Class.LD | size | Mode.ABS, Class.LD | size | Mode.IND]),
  ...[Class.LD, Class.LDX].flatMap((load) => [load | Mode.IMM, load | Mode.MEM, load | Mode.LEN]),
  Class.LDX | Size.B | Mode.MSH,
  Class.ST,
  Class.STX,
  ...Object.values(Alu).flatMap((operation) =>
    operation === Alu.NEG ? [] : [Class.ALU | operation | Operand.K, Class.ALU | operation | Operand.X],
  ),
  Class.ALU | Alu.NEG,
  Class.JMP | Jump.JA,
  ...[Jump.JEQ, Jump.JGT, Jump.JGE, Jump.JSET].flatMap((jump) => [
    Class.JMP | jump | Operand.K,
    Class.JMP | jump | Operand.X,
  ]),
  Class.RET | Return.K,
  Class.RET | Return.A,
  Class.MISC | Misc.TAX,
  Class.MISC | Misc.TXA,
]);
