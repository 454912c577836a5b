import { join } from 'node:path';
import type { Measurement } from './measurement.ts';
import { comparePairs, spreadText } from './pairs.ts';
import { timeProcess } from './processTime.ts';
import type { ProcessTime } from './processTime.ts';
import { tableText } from './tableText.ts';

export const startBench: Measurement = {
  name: 'start',
  text: '`picket --help` beside `node -e 0` of the same runtime, in pairs, caches warm',
  async run(bench) {
    const help = (): ProcessTime => succeed([join(bench.root, 'cli/picket'), '--help']);
    const empty = (): ProcessTime => succeed([process.execPath, '-e', '0']);
    // The first runs fill the cache of stripped sources.
    help();
    help();
    empty();
    const result = comparePairs(bench.pairs ?? 10, help, empty);
    const row = (name: string, cost: typeof result.ours): string[] => [
      name,
      spreadText(scale(cost.wallSeconds), 0),
      spreadText(scale(cost.cpuSeconds), 0),
    ];
    const ratio = ['ratio, pair by pair', spreadText(result.ratio.wall), spreadText(result.ratio.cpu)];
    const rows = [row('picket --help', result.ours), row('node -e 0', result.theirs), ratio];
    bench.say(tableText(['median (least - greatest)', 'wall ms', 'CPU ms'], rows));
    return result;
  },
};

function succeed(command: readonly string[]): ProcessTime {
  const time = timeProcess(command);
  if (time.status !== 0) throw new Error(`${command.join(' ')} ended with status ${time.status}: ${time.complaint}`);
  return time;
}

function scale<T extends { min: number; median: number; max: number }>({ min, median, max }: T): T {
  return { min: min * 1000, median: median * 1000, max: max * 1000 } as T;
}
