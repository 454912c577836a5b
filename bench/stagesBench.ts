import { timeBlocks } from './blockTimer.ts';
import type { Measurement } from './measurement.ts';
import { stages } from './stages.ts';
import { tableText } from './tableText.ts';

export const stagesBench: Measurement = {
  name: 'stages',
  text: 'CPU of each stage in ns a packet, on the mixed capture made in code, by blocks after a warm-up',
  async run(bench) {
    const results = stages().map((work) => timeBlocks(work));
    const rows = results.map(({ name, nanos }) => [
      name,
      ...[nanos.min, nanos.median, nanos.max].map((n) => n.toFixed(1)),
    ]);
    bench.say(tableText(['stage', 'least', 'median', 'greatest'], rows));
    return results;
  },
};
