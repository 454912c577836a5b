import koffi from 'koffi';

import { type BpfProgram, decodeProgram, validateProgram } from '../../../core/packet/bpf/program.ts';
import { AppError } from '../../../runtime/error.ts';
import { errorBufferBytes, type Libpcap, loadLibpcap, type Pointer, textOf } from './library.ts';

export interface CompileOptions {
  /** What a selecting program returns: bytes to keep of the packet. */
  snaplen?: number;
  /** Compile for a capture that a machine of the other byte order made: BSD loopback's header is in the writer's order. */
  foreign?: boolean;
  library?: Libpcap;
}

/** Keeps all of every packet: what tcpdump and libpcap take for "no limit". */
const defaultSnaplen = 262144;
const fileHeaderBytes = 24;
const microsecondMagic = 0xa1b2c3d4;

/**
 * Compiles a tcpdump expression for packets of one link type (LINKTYPE_ value) with libpcap.
 *
 * The meaning is that of `tcpdump -r`: it is compiled for a capture *file* (an empty one, in memory), not for a
 * "dead" handle. The two differ: for a file `ip6` on BSD loopback knows the numbers of all systems, `inbound` is refused
 * and does not become a load that only Linux's kernel understands; `ip broadcast` means 0.0.0.0 and 255.255.255.255.
 *
 * As in tcpdump, a host name in the expression is looked up, and blocks the thread while it is.
 * Throws `filter.syntax` with libpcap's message, also when the link type does not have what the expression asks for.
 * The program is a copy of its own. Costs 50-200 us.
 */
export function compileFilter(expression: string, linkType: number, options: CompileOptions = {}): BpfProgram {
  const library = options.library ?? loadLibpcap();
  const refuse = (message: string): AppError =>
    new AppError(
      'filter.syntax',
      `filter: ${JSON.stringify(expression)}: ${message.replace(/^can't parse filter expression: /, '')}`,
    );
  if (expression.includes('\0')) throw refuse('syntax error');
  const header = fileHeader(linkType, options.snaplen ?? defaultSnaplen, options.foreign ?? false);
  const handle = openMemory(library, header, refuse);
  try {
    const program = compileWith(library, handle, expression, 1, refuse);
    if (validateProgram(program, true) === undefined) return program;
    // libpcap 1.10's optimiser may lose a write of scratch memory (radiotap: "less 688 or (len % 2 = 1 and multicast)"),
    // and then reads what happens to be there. What it was given to optimise is mostly right, but not always (radiotap:
    // "pppoes"): tcpdump's answer is chance then, and ours a refusal.
    const plain = compileWith(library, handle, expression, 0, refuse);
    const fault = validateProgram(plain, true);
    if (fault !== undefined) throw refuse(`libpcap makes a faulty program of it for this link type: ${fault}`);
    return plain;
  } finally {
    library.close(handle);
  }
}

function compileWith(
  library: Libpcap,
  handle: Pointer,
  expression: string,
  optimize: 0 | 1,
  refuse: (message: string) => AppError,
): BpfProgram {
  // struct bpf_program: u32 number of instructions, 4 bytes unused, their address.
  const program = new Uint8Array(16);
  if (library.compile(handle, program, expression, optimize, 0) !== 0) throw refuse(library.geterr(handle));
  try {
    const fields = new DataView(program.buffer);
    const bytes = fields.getUint32(0, true) * 8;
    return decodeProgram(new Uint8Array(koffi.view(fields.getBigUint64(8, true), bytes)));
  } finally {
    library.freecode(program);
  }
}

/** Opens an empty capture file that lies in memory. libpcap's handle owns the stream, and reads `header` here only. */
function openMemory(library: Libpcap, header: Uint8Array, refuse: (message: string) => AppError): Pointer {
  const stream = library.fmemopen(header, header.byteLength, 'r');
  if (stream === null) throw refuse('out of memory');
  const errors = new Uint8Array(errorBufferBytes);
  const handle = library.fopenOffline(stream, errors);
  if (handle !== null) return handle;
  library.fclose(stream);
  throw refuse(textOf(errors));
}

function fileHeader(linkType: number, snaplen: number, foreign: boolean): Uint8Array {
  const header = new Uint8Array(fileHeaderBytes);
  const view = new DataView(header.buffer);
  const little = !foreign;
  view.setUint32(0, microsecondMagic, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, snaplen, little);
  view.setUint32(20, linkType, little);
  return header;
}
