import { expect, test } from 'vitest';

import { compileToFunction, functionBody } from './compiled.ts';
import { Alu, Class, Jump, Misc, Mode, Operand, Return, Size } from './opcodes.ts';
import { type BpfInstruction, makeProgram } from './program.ts';

const packet = Uint8Array.of(0x45, 0x00, 0x01, 0x02, 0xff, 0xfe, 0x80, 0x11);
const wireLength = 1500;

/** Runs a program on `packet`, which lies in the middle of a larger buffer of 0xee. */
function run(instructions: readonly BpfInstruction[], caplen = packet.length): number {
  const bytes = new Uint8Array(64).fill(0xee);
  bytes.set(packet, 11);
  const view = new DataView(bytes.buffer);
  return compileToFunction(makeProgram(instructions))(bytes, view, 11, caplen, wireLength);
}

const setA = (k: number): BpfInstruction => [Class.LD | Mode.IMM, 0, 0, k];
const setX = (k: number): BpfInstruction => [Class.LDX | Mode.IMM, 0, 0, k];
const giveA: BpfInstruction = [Class.RET | Return.A, 0, 0, 0];
const give = (k: number): BpfInstruction => [Class.RET | Return.K, 0, 0, k];
const absolute = (size: number, k: number): BpfInstruction => [Class.LD | size | Mode.ABS, 0, 0, k];
const indirect = (size: number, k: number): BpfInstruction => [Class.LD | size | Mode.IND, 0, 0, k];

test('loads are big-endian, unsigned, and relative to the packet', () => {
  expect(run([absolute(Size.W, 4), giveA])).toBe(0xfffe8011);
  expect(run([absolute(Size.H, 4), giveA])).toBe(0xfffe);
  expect(run([absolute(Size.B, 4), giveA])).toBe(0xff);
  expect(run([setX(2), indirect(Size.W, 2), giveA])).toBe(0xfffe8011);
  expect(run([setX(2), indirect(Size.H, 2), giveA])).toBe(0xfffe);
  expect(run([setX(2), indirect(Size.B, 2), giveA])).toBe(0xff);
  expect(run([[Class.LD | Mode.LEN, 0, 0, 0], giveA])).toBe(wireLength);
  expect(run([[Class.LDX | Mode.LEN, 0, 0, 0], [Class.MISC | Misc.TXA, 0, 0, 0], giveA])).toBe(wireLength);
  expect(run([[Class.LDX | Size.B | Mode.MSH, 0, 0, 0], [Class.MISC | Misc.TXA, 0, 0, 0], giveA])).toBe(20);
});

test('a load that passes the captured bytes ends with 0, however it passes them', () => {
  for (const [size, bytes] of [
    [Size.W, 4],
    [Size.H, 2],
    [Size.B, 1],
  ] as const) {
    const last = packet.length - bytes;
    for (const outside of [last + 1, packet.length, 0xfffffffc, 0xffffffff]) {
      expect(run([absolute(size, outside), give(1)])).toBe(0);
      expect(run([setX(outside), indirect(size, 0), give(1)])).toBe(0);
      expect(run([setX(1), indirect(size, outside - 1), give(1)])).toBe(0);
    }
    expect(run([absolute(size, last), give(1)])).toBe(1);
    expect(run([setX(last), indirect(size, 0), give(1)])).toBe(1);
    // The sum does not wrap around.
    expect(run([setX(0xffffffff), indirect(size, 1), give(1)])).toBe(0);
    expect(run([absolute(size, 0), give(1)], bytes - 1)).toBe(0);
  }
  expect(run([[Class.LDX | Size.B | Mode.MSH, 0, 0, packet.length], give(1)])).toBe(0);
  expect(run([[Class.LDX | Size.B | Mode.MSH, 0, 0, packet.length - 1], give(1)])).toBe(1);
});

/** Operation, A, operand, result. */
const sums: readonly (readonly [string, number, number, number, number])[] = [
  ['add wraps', Alu.ADD, 0xffffffff, 3, 2],
  ['sub wraps', Alu.SUB, 1, 3, 0xfffffffe],
  ['mul keeps the low 32 bits', Alu.MUL, 0xfffffff1, 0xfffffff3, 195],
  ['div is unsigned', Alu.DIV, 0xfffffffe, 2, 0x7fffffff],
  ['mod is unsigned', Alu.MOD, 0xffffffff, 0x80000000, 0x7fffffff],
  ['or', Alu.OR, 0x80000000, 1, 0x80000001],
  ['and', Alu.AND, 0xf0f0f0f0, 0xff00ff00, 0xf000f000],
  ['xor', Alu.XOR, 0xffffffff, 1, 0xfffffffe],
  ['lsh', Alu.LSH, 3, 31, 0x80000000],
  ['rsh brings in zeros', Alu.RSH, 0x80000000, 31, 1],
];

test.each(sums)('%s', (_, operation, a, operand, result) => {
  expect(run([setA(a), [Class.ALU | operation | Operand.K, 0, 0, operand], giveA])).toBe(result);
  expect(run([setA(a), setX(operand), [Class.ALU | operation | Operand.X, 0, 0, 0], giveA])).toBe(result);
});

test('negation, and what a register operand may be that a constant may not', () => {
  expect(run([setA(1), [Class.ALU | Alu.NEG, 0, 0, 0], giveA])).toBe(0xffffffff);
  expect(run([setA(0), [Class.ALU | Alu.NEG, 0, 0, 0], giveA])).toBe(0);
  for (const operation of [Alu.DIV, Alu.MOD]) {
    expect(run([setA(7), setX(0), [Class.ALU | operation | Operand.X, 0, 0, 0], give(1)])).toBe(0);
  }
  for (const operation of [Alu.LSH, Alu.RSH]) {
    expect(run([setA(7), setX(32), [Class.ALU | operation | Operand.X, 0, 0, 0], giveA])).toBe(0);
  }
});

test('registers move, and scratch memory keeps both', () => {
  const swap: BpfInstruction[] = [
    setA(5),
    setX(9),
    [Class.ST, 0, 0, 0],
    [Class.STX, 0, 0, 15],
    [Class.LD | Mode.MEM, 0, 0, 15],
    [Class.LDX | Mode.MEM, 0, 0, 0],
    [Class.ALU | Alu.LSH | Operand.K, 0, 0, 8],
    [Class.ALU | Alu.OR | Operand.X, 0, 0, 0],
    giveA,
  ];
  expect(run(swap)).toBe(0x905);
  expect(run([setA(6), [Class.MISC | Misc.TAX, 0, 0, 0], setA(0), [Class.MISC | Misc.TXA, 0, 0, 0], giveA])).toBe(6);
});

/** Jump, A, operand, taken. */
const jumps: readonly (readonly [number, number, number, boolean])[] = [
  [Jump.JEQ, 0xffffffff, 0xffffffff, true],
  [Jump.JEQ, 1, 2, false],
  [Jump.JGT, 0xffffffff, 0x7fffffff, true],
  [Jump.JGT, 5, 5, false],
  [Jump.JGE, 5, 5, true],
  [Jump.JGE, 0x7fffffff, 0x80000000, false],
  [Jump.JSET, 0x80000001, 0x80000000, true],
  [Jump.JSET, 0x7fffffff, 0x80000000, false],
];

test.each(jumps)('jump 0x%s compares unsigned (%s, %s)', (jump, a, operand, taken) => {
  // To returns, to other instructions, and to the next instruction on either side.
  expect(run([setA(a), [Class.JMP | jump | Operand.K, 0, 1, operand], give(1), give(2)])).toBe(taken ? 1 : 2);
  const code = Class.JMP | jump | Operand.X;
  expect(run([setA(a), setX(operand), [code, 1, 0, 0], give(2), give(1)])).toBe(taken ? 1 : 2);
  expect(run([setA(a), setX(operand), [code, 1, 3, 0], give(3), setA(1), giveA, setA(2), giveA])).toBe(taken ? 1 : 2);
  expect(run([setA(a), setX(operand), [code, 0, 0, 0], give(4)])).toBe(4);
});

test('crossing jumps become nested blocks', () => {
  const crossing: BpfInstruction[] = [
    absolute(Size.B, 0),
    [Class.JMP | Jump.JEQ | Operand.K, 2, 4, 0x45],
    setA(100),
    [Class.JMP | Jump.JA, 0, 0, 3],
    absolute(Size.B, 1),
    [Class.JMP | Jump.JEQ | Operand.K, 2, 0, 0],
    setA(101),
    giveA,
    setA(102),
    giveA,
  ];
  expect(run(crossing)).toBe(102);
});

test('a program with more targets than blocks can nest becomes a loop, with the same answers', () => {
  for (const steps of [150, 2000]) {
    const chain: BpfInstruction[] = [absolute(Size.B, 7)];
    for (let i = 0; i < steps; i++) {
      chain.push([Class.JMP | Jump.JEQ | Operand.K, 0, 2, i], [Class.ALU | Alu.ADD | Operand.K, 0, 0, 1000], giveA);
    }
    chain.push(give(7));
    expect(functionBody(makeProgram(chain)).includes('switch')).toBe(steps > 200);
    expect(run(chain)).toBe(1000 + 0x11);
  }
});

test('a jump back is a loop, which ends in any case', () => {
  const back = (distance: number): BpfInstruction => [Class.JMP | Jump.JA, 0, 0, -distance >>> 0];
  // Counts A up to the packet's last byte.
  const counting: BpfInstruction[] = [
    setA(0),
    [Class.JMP | Jump.JEQ | Operand.K, 2, 0, 0x11],
    [Class.ALU | Alu.ADD | Operand.K, 0, 0, 1],
    back(3),
    giveA,
  ];
  expect(run(counting)).toBe(0x11);
  expect(run([setA(0), back(2), giveA])).toBe(0);
  expect(() => run([setA(0), back(3), giveA])).toThrow('instruction 1: jump out of the program');
});

test('a program that is not valid is refused', () => {
  expect(() => compileToFunction(makeProgram([]))).toThrow('bpf: the program is empty');
});
