import { expect, test } from 'vitest';

import { Alu, Class, Jump, Mode, Operand, Return } from './opcodes.ts';
import { type BpfInstruction, decodeProgram, encodeProgram, makeProgram, validateProgram } from './program.ts';

const give: BpfInstruction = [Class.RET | Return.K, 0, 0, 1];

function faultOf(...instructions: BpfInstruction[]): string | undefined {
  return validateProgram(makeProgram(instructions));
}

test('a program has the layout of struct bpf_insn and comes back from it', () => {
  const program = makeProgram([[0x15, 3, 4, 0xdeadbeef], give]);
  const bytes = encodeProgram(program);
  expect([...bytes.subarray(0, 8)]).toEqual([0x15, 0, 3, 4, 0xef, 0xbe, 0xad, 0xde]);
  expect(decodeProgram(bytes)).toEqual(program);
});

test('what could run on, jump out or divide by zero is refused', () => {
  expect(faultOf(give)).toBeUndefined();
  expect(faultOf()).toBe('the program is empty');
  expect(faultOf([Class.LD | Mode.IMM, 0, 0, 1])).toBe('the last instruction does not return');
  expect(faultOf([0x0187, 0, 0, 0], give)).toBe('instruction 0: unknown code 0x187');
  expect(faultOf([Class.LDX | Mode.ABS, 0, 0, 0], give)).toBe('instruction 0: unknown code 0x21');
  for (const jump of [
    [Class.JMP | Jump.JA, 0, 0, 1],
    [Class.JMP | Jump.JA, 0, 0, 0xffffffff],
    [Class.JMP | Jump.JEQ | Operand.K, 1, 0, 0],
    [Class.JMP | Jump.JSET | Operand.X, 0, 1, 0],
  ] as const) {
    expect(faultOf(jump, give)).toBe('instruction 0: jump out of the program');
  }
  expect(faultOf([Class.ALU | Alu.DIV | Operand.K, 0, 0, 0], give)).toBe('instruction 0: division by zero');
  expect(faultOf([Class.ALU | Alu.MOD | Operand.K, 0, 0, 0], give)).toBe('instruction 0: division by zero');
  expect(faultOf([Class.ALU | Alu.DIV | Operand.X, 0, 0, 0], give)).toBeUndefined();
  expect(faultOf([Class.ALU | Alu.LSH | Operand.K, 0, 0, 32], give)).toBe('instruction 0: shift by more than 31 bits');
});

test('scratch memory must exist, and be written on every path before it is read', () => {
  const store: BpfInstruction = [Class.ST, 0, 0, 3];
  const read: BpfInstruction = [Class.LDX | Mode.MEM, 0, 0, 3];
  expect(faultOf([Class.STX, 0, 0, 16], give)).toBe('instruction 0: scratch word 16 does not exist');
  expect(faultOf(store, read, give)).toBeUndefined();
  expect(faultOf(read, give)).toBe('instruction 0: scratch word 3 is read unwritten');
  // One of two paths passes the store by.
  const fork: BpfInstruction = [Class.JMP | Jump.JEQ | Operand.K, 0, 1, 0];
  expect(faultOf(fork, store, read, give)).toBe('instruction 2: scratch word 3 is read unwritten');
  expect(faultOf(fork, give, store, read, give)).toBeUndefined();
});
