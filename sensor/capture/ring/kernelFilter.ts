import type { BpfProgram } from '../../../core/packet/bpf/program.ts';

const RET_CONSTANT = 0x06;

/** The program of one instruction that accepts `bytes` bytes of every packet; 0 refuses all. */
export function acceptProgram(bytes: number): BpfProgram {
  return { code: Uint16Array.of(RET_CONSTANT), jt: Uint8Array.of(0), jf: Uint8Array.of(0), k: Uint32Array.of(bytes) };
}

/**
 * `program` with each constant answer cut to `snaplen`: the kernel takes a filter's answer as the number of bytes to
 * copy, and has no other snap length. An answer out of a register stays as it is.
 */
export function cutProgram(program: BpfProgram, snaplen: number): BpfProgram {
  const k = program.k.slice();
  for (let i = 0; i < k.length; i++) if (program.code[i] === RET_CONSTANT) k[i] = Math.min(k[i]!, snaplen);
  return { code: program.code, jt: program.jt, jf: program.jf, k };
}
