import { readFileSync, readdirSync } from 'node:fs';

/** Capability sets of one thread, as bit masks. */
export interface CapabilitySets {
  thread: number;
  inheritable: bigint;
  permitted: bigint;
  effective: bigint;
  bounding: bigint;
  ambient: bigint;
  noNewPrivileges: boolean;
}

/** The capability sets of every thread of a process: what health shows, and what tests hold us to. */
export function capabilitySets(process: number | 'self' = 'self'): CapabilitySets[] {
  return readdirSync(`/proc/${process}/task`).flatMap((thread) => {
    const status = read(`/proc/${process}/task/${thread}/status`);
    if (status === undefined) return [];
    const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '0';
    const mask = (name: string): bigint => BigInt(`0x${field(name)}`);
    return {
      thread: Number(thread),
      inheritable: mask('CapInh'),
      permitted: mask('CapPrm'),
      effective: mask('CapEff'),
      bounding: mask('CapBnd'),
      ambient: mask('CapAmb'),
      noNewPrivileges: field('NoNewPrivs') === '1',
    };
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The thread ended since it was listed.
    return undefined;
  }
}
