import { Alu, Class, Jump, Mode, Operand, scratchWords } from '../../core/packet/bpf/opcodes.ts';
import { type BpfInstruction, type BpfProgram, knownCodes, makeProgram } from '../../core/packet/bpf/program.ts';
import type { Random } from '../captures/random.ts';

const codes = [...knownCodes].filter((code) => (code & 7) !== Class.RET);
const returns = [Class.RET, Class.RET | 0x10];

/**
 * A valid program of random instructions: every code, short and long forward jumps, loads around the end of small
 * packets, constants at the limits. Scratch memory is written first, since libpcap's is not cleared.
 */
export function randomProgram(random: Random, length: number): BpfProgram {
  const instructions: BpfInstruction[] = Array.from({ length: scratchWords }, (_, k) => [Class.ST, 0, 0, k]);
  for (let i = 0; i < length; i++) instructions.push(randomInstruction(random, length - i));
  instructions.push([random.pick(returns), 0, 0, random.word()]);
  return makeProgram(instructions);
}

/** One instruction that has `left` others behind it. */
function randomInstruction(random: Random, left: number): BpfInstruction {
  if (random.chance(0.01)) return [random.pick(returns), 0, 0, random.word()];
  const code = random.pick(codes);
  const near = (): number => Math.min(left - 1, random.chance(0.9) ? random.below(4) : random.below(255));
  if ((code & 7) === Class.JMP) {
    if ((code & 0xf0) === Jump.JA) return [code, 0, 0, near()];
    return [code, near(), near(), random.chance(0.5) ? random.below(64) : constant(random)];
  }
  return [code, 0, 0, operandOf(random, code)];
}

function operandOf(random: Random, code: number): number {
  const kind = code & 7;
  const mode = code & 0xe0;
  if (kind === Class.ST || kind === Class.STX) return random.below(scratchWords);
  if (kind === Class.LD || kind === Class.LDX) {
    if (mode === Mode.MEM) return random.below(scratchWords);
    if (mode === Mode.ABS || mode === Mode.IND || mode === Mode.MSH) {
      // Mostly inside, so that a program gets further than its first load.
      return random.chance(0.97) ? random.below(mode === Mode.IND ? 12 : 40) : constant(random);
    }
    // Small values in X keep indirect loads inside.
    return random.chance(0.7) ? random.below(16) : constant(random);
  }
  const operation = code & 0xf0;
  if (kind === Class.ALU && (code & 8) === Operand.K) {
    if (operation === Alu.LSH || operation === Alu.RSH) return random.below(32);
    if (operation === Alu.DIV || operation === Alu.MOD) return constant(random) || 1;
  }
  return constant(random);
}

const limits = [0, 1, 2, 3, 4, 8, 31, 32, 33, 255, 256, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

function constant(random: Random): number {
  return random.chance(0.5) ? random.pick(limits) : random.word() >>> random.below(32);
}
