import { Sign, type StreamProtocol } from '../protocol.ts';
import { SshAnalyser } from './analyser.ts';

const ports: ReadonlySet<number> = new Set([22]);
/** `SSH-1.` or `SSH-2.`, in either case. */
const patterns = ['sS', 'sS', 'hH', '-', '12', '.'] as const;

/** SSH over TCP. By content both ends must begin with a version. */
export function createSsh(): StreamProtocol {
  return { name: 'ssh', transport: 'tcp', ports, recognise, create: (flow) => new SshAnalyser(flow) };
}

function recognise(_isOrig: boolean, bytes: Uint8Array, length: number): Sign {
  for (const [place, pattern] of patterns.entries()) {
    if (place >= length) return Sign.MORE;
    if (!pattern.includes(String.fromCharCode(bytes[place]!))) return Sign.NO;
  }
  return Sign.YES;
}
