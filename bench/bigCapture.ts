import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from './measurement.ts';
import { whereIs } from './processTime.ts';

/** The capture must be large enough that a process's start does not count. */
export const leastBytes = 1_000_000_000;
export const leastFlows = 20_000;

/** All usable captures of the collection, or those that are not floods or scans: two very different questions. */
export type Mix = 'all' | 'calm';

/** What the script leaves out by itself, and what the calm mix leaves out besides. */
const crafted =
  'contentline|ipv6-evasion|defrag-af|fuzz|crash|oobr|malform|evasion|/scapy/|spray|dhcp|synthetic|expected_output';
const floods = 'synflood|denial6|fragmented|ip-frag|synscan';

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
export async function bigCapture({ root, cache, say }: BenchContext, mix: Mix = 'all'): Promise<BigCapture> {
  const given = process.env['PICKET_BENCH_CAPTURE'];
  if (given !== undefined && given !== '') return describe(given, 'given');
  const corpus = join(root, '..', 'shared', 'pcaps');
  const script = join(root, '..', 'shared', 'score', 'make-big-pcap.sh');
  const real = existsSync(corpus) && existsSync(script) && whereIs('mergecap') !== undefined;
  const path = join(cache, real ? (mix === 'all' ? 'big.pcap' : 'calm.pcap') : 'made.pcap');
  const kept = mix === 'all' ? 'real captures' : 'real captures without floods and scans';
  const origin = real ? `${kept}, merged in time order and repeated` : 'made in code';
  if (!existsSync(path)) {
    say(`building ${path} (once; some minutes)`);
    const unfinished = `${path}.part`;
    if (real) mergeCaptures(script, corpus, unfinished, mix);
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
function mergeCaptures(script: string, corpus: string, path: string, mix: Mix): void {
  const env = mix === 'all' ? process.env : { ...process.env, SKIP: `${crafted}|${floods}` };
  const build = (copies: number): void => {
    const run = spawnSync('bash', [script, corpus, path, String(copies)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env,
    });
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
