import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { readCaptures, type ReadOptions } from '../../sensor/read.ts';
import type { ReadReport } from '../../sensor/read/report.ts';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'picket-read-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes a capture into a directory of its own and answers with its path. */
export function temporaryFile(bytes: Uint8Array, name = 'capture'): string {
  const file = path.join(temporaryDirectory(), name);
  writeFileSync(file, bytes);
  return file;
}

/** Every key that there can be: lists are not cut by what is asked for. */
export const ALL = 1_000_000;

/** `readCaptures` with the defaults of the command. */
export function read(paths: readonly string[], options: Partial<ReadOptions> = {}): Promise<ReadReport> {
  return readCaptures({
    filter: '',
    checksums: false,
    windows: false,
    windowSeconds: 10,
    top: ALL,
    by: 'octets',
    workers: 1,
    registers: false,
    ...options,
    paths,
  });
}

export interface Ran {
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** `picket ARGS...` as a user starts it. */
export function picket(args: readonly string[], input?: Uint8Array): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'cli/main.mjs'), ...args], {
    input: input ?? '',
    maxBuffer: 256 << 20,
  });
  return { status, stdout, stderr: stderr.toString() };
}

/** The same with standard input as a pipe that hands over one small piece at a time. */
export async function picketSlowly(args: readonly string[], input: Uint8Array, piece: number): Promise<Ran> {
  const child = spawn(process.execPath, [path.join(root, 'cli/main.mjs'), ...args]);
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => out.push(data));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for (let at = 0; at < input.length; at += piece) {
    const written = child.stdin.write(input.subarray(at, at + piece));
    if (!written) await new Promise((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  return { status: await ended, stdout: Buffer.concat(out), stderr };
}

/** The captures beside the checkout, where there are some; each test that wants them skips without. */
export const sharedCaptures: string = path.join(root, '../shared/pcaps');

/**
 * The counts of a report. Quantiles depend within their bounds on the order in which connections end, which batches and
 * workers decide.
 */
export function counts(report: ReadReport): Partial<ReadReport> {
  const rest: Partial<ReadReport> = { ...report };
  delete rest.sizes;
  delete rest.durations;
  delete rest.handshakes;
  delete rest.retransmits;
  delete rest.files;
  return rest;
}
