import { Alu, Class, Jump, Mode, Operand, Return, Size } from './opcodes.ts';
import { type BpfProgram, hasLoop, makeProgram, maxKernelInstructions } from './program.ts';

/** Linux's "is there a tag that was taken off this packet" as an address of a load (SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT). */
const tagPresent = 0xfffff030;
/** Addresses from here on mean something of their own to Linux (SKF_LL_OFF), and lie outside every packet elsewhere. */
const firstSpecialAddress = 0xffe00000;
/** Keeps the whole packet, whatever its length. */
const wholePacket = 0xffffffff;

/**
 * What to attach to a socket so that no packet is lost that `program` selects: a program for the kernel that accepts a
 * superset of it. The exact decision is then made by the compiled function, on *every* packet that comes up.
 *
 * Why not `program` itself: Linux takes the outer VLAN tag off before it runs the filter, so to `udp port 53` a tagged
 * DNS frame looks untagged (it would match, which it does not in a stored capture), and to `vlan 10` it looks untagged
 * too (it would not match, which it does in a stored capture). So one meaning, live and stored, is had thus:
 * - A frame whose tag was taken off is always let through; its tag is put back, and the function decides.
 * - Any other frame is on the wire as the kernel sees it, and there `program` decides, the same as the function: when the
 *   function accepts, all its loads were inside the captured bytes, which the kernel sees too. (The converse need not
 *   hold: the kernel sees bytes beyond the snap length.)
 *
 * Where the kernel's arithmetic differs from libpcap's (shift by a register above 31; loads at addresses of Linux's own),
 * or the program loops or is too long for it, the answer accepts everything, and the function does all of the work.
 * A packet is kept up to the greatest length that `program` returns.
 */
export function kernelProgram(program: BpfProgram): BpfProgram {
  const keep = greatestReturn(program);
  const count = program.code.length;
  if (count + 3 > maxKernelInstructions || hasLoop(program) || differsInKernel(program)) {
    return makeProgram([[Class.RET | Return.K, 0, 0, keep]]);
  }
  const guard = makeProgram([
    [Class.LD | Size.B | Mode.ABS, 0, 0, tagPresent],
    [Class.JMP | Jump.JEQ | Operand.K, 1, 0, 0],
    [Class.RET | Return.K, 0, 0, keep],
  ]);
  return {
    code: Uint16Array.of(...guard.code, ...program.code),
    jt: Uint8Array.of(...guard.jt, ...program.jt),
    jf: Uint8Array.of(...guard.jf, ...program.jf),
    k: Uint32Array.of(...guard.k, ...program.k),
  };
}

function greatestReturn(program: BpfProgram): number {
  let greatest = 0;
  for (let i = 0; i < program.code.length; i++) {
    const code = program.code[i]!;
    if (code === (Class.RET | Return.A)) return wholePacket;
    if (code === (Class.RET | Return.K)) greatest = Math.max(greatest, program.k[i]!);
  }
  return greatest;
}

function differsInKernel(program: BpfProgram): boolean {
  for (let i = 0; i < program.code.length; i++) {
    const code = program.code[i]!;
    const kind = code & 7;
    const mode = code & 0xe0;
    if (code === (Class.ALU | Alu.LSH | Operand.X) || code === (Class.ALU | Alu.RSH | Operand.X)) return true;
    const fromPacket = mode === Mode.ABS || mode === Mode.IND || mode === Mode.MSH;
    if ((kind === Class.LD || kind === Class.LDX) && fromPacket && program.k[i]! >= firstSpecialAddress) return true;
  }
  return false;
}
