import { mkdirSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { hrtime, stderr, stdout, version } from 'node:process';
import type { BenchContext, Measurement } from './measurement.ts';

/**
 * `npm run bench [-- NAME...]`: measures and judges nothing; exit status 1 only when something could not be measured.
 * Tables for people go to standard error, one JSON object to standard output.
 */
const parts: Readonly<Record<string, () => Promise<Measurement>>> = {
  start: async () => (await import('./startBench.ts')).startBench,
  stages: async () => (await import('./stagesBench.ts')).stagesBench,
  sketches: async () => (await import('./sketchesBench.ts')).sketchesBench,
  sections: async () => (await import('./sectionsBench.ts')).sectionsBench,
  'dns-digest': async () => (await import('./dnsDigestBench.ts')).dnsDigestBench,
  read: async () => (await import('./readBench.ts')).readBench,
  live: async () => (await import('./liveBench.ts')).liveBench,
  peers: async () => (await import('./peersBench.ts')).peersBench,
  logs: async () => (await import('./logsBench.ts')).logsBench,
  store: async () => (await import('./storeBench.ts')).storeBench,
};

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    stderr.write(`bench: no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}\n`);
    return 2;
  }
  const pairs = Number(process.env['PICKET_BENCH_PAIRS'] || Number.NaN);
  const context: BenchContext = {
    root: resolve(import.meta.dirname, '..'),
    cache: join(tmpdir(), 'picket-bench'),
    pairs: Number.isInteger(pairs) && pairs > 0 ? pairs : undefined,
    say: (text) => void stderr.write(`${text}\n`),
  };
  mkdirSync(context.cache, { recursive: true });
  const results: Record<string, unknown> = { machine: machine() };
  let failed = false;
  for (const [name, load] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const part = await load();
    context.say(`\n${part.name}: ${part.text}`);
    const from = hrtime.bigint();
    try {
      results[name] = await part.run(context);
    } catch (error) {
      failed = true;
      results[name] = { error: error instanceof Error ? error.message : String(error) };
      context.say(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    }
    context.say(`(${name} took ${(Number(hrtime.bigint() - from) / 1e9).toFixed(1)} s)`);
  }
  stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  return failed ? 1 : 0;
}

function machine(): unknown {
  const all = cpus();
  return { cores: all.length, model: all[0]?.model, memory: totalmem(), kernel: release(), node: version };
}

process.exitCode = await main(process.argv.slice(2));
