import { readFileSync } from 'node:fs';

const MIB = 2 ** 20;

/** Memory of a process in MiB: resident now, and the most that it ever was. */
export function memoryOf(pid: number): { resident: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string): number => (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / MIB;
  return { resident: field('VmRSS'), peak: field('VmHWM') };
}

/** User and group that a process acts as. */
export function userOf(pid: number): { uid: number; gid: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const effective = (name: string): number => Number(new RegExp(`${name}:\\s+\\d+\\s+(\\d+)`).exec(status)?.[1]);
  return { uid: effective('Uid'), gid: effective('Gid') };
}

/** Seconds of processor time, user and system, of all threads. */
export function processorTimeOf(pid: number): number {
  // The command's name may hold spaces and brackets; what follows its last one are plain fields from the third on.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticksASecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}
