import { expect, test } from 'vitest';
import { makeProgram } from '../../../core/packet/bpf/program.ts';
import { acceptProgram, cutProgram } from './kernelFilter.ts';

test('a program keeps at most the snap length', () => {
  expect([...acceptProgram(96).k]).toEqual([96]);
  const program = makeProgram([
    [0x28, 0, 0, 4000],
    [0x06, 0, 0, 262_144],
    [0x06, 0, 0, 0],
    [0x06, 0, 0, 68],
  ]);
  expect([...cutProgram(program, 96).k]).toEqual([4000, 96, 0, 68]);
  expect(program.k[1]).toBe(262_144);
});
