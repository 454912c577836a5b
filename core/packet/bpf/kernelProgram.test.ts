import { expect, test } from 'vitest';

import { kernelProgram } from './kernelProgram.ts';
import { Alu, Class, Jump, Mode, Operand, Return, Size } from './opcodes.ts';
import { type BpfInstruction, makeProgram, validateProgram } from './program.ts';

const give = (k: number): BpfInstruction => [Class.RET | Return.K, 0, 0, k];
const everything = (keep: number) => makeProgram([give(keep)]);

test('frames whose tag was taken off are let through before the program itself', () => {
  const program = makeProgram([
    [Class.LD | Size.H | Mode.ABS, 0, 0, 12],
    [Class.JMP | Jump.JEQ | Operand.K, 0, 1, 0x800],
    give(96),
    give(0),
  ]);
  const attached = kernelProgram(program);
  expect([...attached.code.subarray(0, 3)]).toEqual([0x30, 0x15, 0x06]);
  expect(attached.k[0]).toBe(0xfffff030);
  // Not tagged: over the guard's return, into the program; tagged: kept up to the program's own snap length.
  expect([attached.jt[1], attached.jf[1], attached.k[1], attached.k[2]]).toEqual([1, 0, 0, 96]);
  expect([...attached.code.subarray(3)]).toEqual([...program.code]);
  expect(validateProgram(attached)).toBeUndefined();
});

test('what the kernel would reckon otherwise, or not take at all, becomes a program that lets everything through', () => {
  const shift: BpfInstruction = [Class.ALU | Alu.LSH | Operand.X, 0, 0, 0];
  expect(kernelProgram(makeProgram([shift, give(64), give(0)]))).toEqual(everything(64));
  const special: BpfInstruction = [Class.LD | Size.B | Mode.ABS, 0, 0, 0xfffff030];
  expect(kernelProgram(makeProgram([special, give(64)]))).toEqual(everything(64));
  const back: BpfInstruction = [Class.JMP | Jump.JA, 0, 0, 0xffffffff];
  expect(kernelProgram(makeProgram([back, give(64)]))).toEqual(everything(64));
  const long = Array.from({ length: 4094 }, () => give(64));
  expect(kernelProgram(makeProgram(long))).toEqual(everything(64));
  expect(kernelProgram(makeProgram(long.slice(1))).code.length).toBe(4096);
  expect(kernelProgram(makeProgram([shift, [Class.RET | Return.A, 0, 0, 0]]))).toEqual(everything(0xffffffff));
});

test('a filter that selects nothing keeps nothing of tagged frames either', () => {
  expect(kernelProgram(makeProgram([give(0)])).k[2]).toBe(0);
});
