import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one whole process (with the children it waited for) cost. */
export interface ProcessTime {
  wallSeconds: number;
  /** User and system time. */
  cpuSeconds: number;
  status: number;
  /** The last 2,000 characters of what it wrote to standard error. */
  complaint: string;
}

/**
 * Runs a command to its end and measures it by the shell's `time` (the kernel's own account of the finished process,
 * to a millisecond). Its standard output goes to `output`, a file, or nowhere. Killed after `timeoutSeconds`.
 */
export function timeProcess(command: readonly string[], options: ProcessOptions = {}): ProcessTime {
  const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'));
  const complaints = join(folder, 'stderr');
  const out = openSync(options.output ?? '/dev/null', 'w');
  try {
    const limit = ['timeout', '-k', '5', String(options.timeoutSeconds ?? 600)];
    const script = 'exec 4>&2; TIMEFORMAT="%3R %3U %3S"; { time "$@" 2>"$0" 4>&-; } 2>&4';
    const run = spawnSync('bash', ['-c', script, complaints, ...limit, ...command], {
      stdio: ['ignore', out, 'pipe'],
      env: { ...process.env, LC_ALL: 'C', ...options.environment },
      cwd: options.folder ?? process.cwd(),
      encoding: 'utf8',
    });
    const [wall = 0, user = 0, system = 0] = run.stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    const complaint = readFileSync(complaints, 'utf8').slice(-2000).trim();
    return { wallSeconds: wall, cpuSeconds: user + system, status: run.status ?? 255, complaint };
  } finally {
    closeSync(out);
    rmSync(folder, { recursive: true });
  }
}

export interface ProcessOptions {
  output?: string;
  folder?: string;
  timeoutSeconds?: number;
  environment?: Readonly<Record<string, string>>;
}

/** Where a command is, or undefined. */
export function whereIs(name: string): string | undefined {
  const run = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v -- "$0"', name], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : undefined;
}
