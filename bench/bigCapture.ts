import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from './measurement.ts';
import { whereIs } from './processTime.ts';

/** The capture must be large enough that a process's start does not count. */
export const leastBytes = 1_000_000_000;
export const leastFlows = 20_000;

export interface BigCapture {
  path: string;
  bytes: number;
  /** Where it came from, in words. */
  origin: string;
}

/**
 * The capture that reading is measured with, built once and kept in the bench's cache: real captures merged in time
 * order where a collection of them lies beside the checkout, else one made in code.
 */
export async function bigCapture({ root, cache, say }: BenchContext): Promise<BigCapture> {
  const given = process.env['PICKET_BENCH_CAPTURE'];
  if (given !== undefined && given !== '') return describe(given, 'given');
  const corpus = join(root, '..', 'shared', 'pcaps');
  const script = join(root, '..', 'shared', 'score', 'make-big-pcap.sh');
  const real = existsSync(corpus) && existsSync(script) && whereIs('mergecap') !== undefined;
  const path = join(cache, real ? 'big.pcap' : 'made.pcap');
  const origin = real ? 'real captures, merged in time order and repeated' : 'made in code';
  if (!existsSync(path)) {
    say(`building ${path} (once; some minutes)`);
    const unfinished = `${path}.part`;
    if (real) mergeCaptures(script, corpus, unfinished);
    else await makeCapture(unfinished);
    renameSync(unfinished, path);
  }
  return describe(path, origin);
}

function describe(path: string, origin: string): BigCapture {
  const { size } = statSync(path);
  if (size < leastBytes) throw new Error(`${path} has ${size} bytes, and the measurement asks for ${leastBytes}`);
  return { path, bytes: size, origin };
}

/** As often as needed: one copy tells its size. */
function mergeCaptures(script: string, corpus: string, path: string): void {
  const build = (copies: number): void => {
    const run = spawnSync('bash', [script, corpus, path, String(copies)], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr.toString().slice(-500)}`);
  };
  build(1);
  const copies = Math.ceil(leastBytes / statSync(path).size) + 1;
  if (copies > 1) build(copies);
  rmSync(`${path}.sources.tsv`, { force: true });
}

/** Length of a pcap file's own header: left out of all pieces but the first. */
const fileHeader = 24;

async function makeCapture(path: string): Promise<void> {
  const { makeMixedCapture } = await import('../test/captures/mixed.ts');
  const file = openSync(path, 'w');
  try {
    let written = 0;
    for (let piece = 0; written < leastBytes; piece++) {
      const startSeconds = 1_750_000_000 + piece * 600;
      const bytes = makeMixedCapture({
        seed: piece + 1,
        flows: 4000,
        packets: 50_000,
        startSeconds,
        seconds: 300,
      }).pcap();
      const body = piece === 0 ? bytes : bytes.subarray(fileHeader);
      if (body.length === 0) throw new Error('the made capture is empty');
      for (let at = 0; at < body.length;) at += writeSync(file, body, at);
      written += body.length;
    }
  } finally {
    closeSync(file);
  }
}

/** Reads a file once, so that runs find it in the page cache. */
export function warm(path: string): void {
  spawnSync('cat', [path], { stdio: ['ignore', 'ignore', 'inherit'] });
}
