import { readFileSync, readdirSync } from 'node:fs';

/** Process ids of the engines that a process started. */
export function engineProcesses(of: number = process.pid): number[] {
  const children = readdirSync(`/proc/${of}/task`).flatMap((task) =>
    readFileSync(`/proc/${of}/task/${task}/children`, 'utf8').trim().split(/\s+/),
  );
  return children.filter((pid) => pid !== '' && commandLine(pid).includes('engineChild.ts')).map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
