import { busyParts, sizesOf } from '../test/sizes/busyParts.ts';
import { timeBlocks } from './blockTimer.ts';
import type { Measurement } from './measurement.ts';
import { sections } from './sections.ts';
import { tableText } from './tableText.ts';

const DAY = 86_400;

export const sectionsBench: Measurement = {
  name: 'sections',
  text: 'CPU of each section in ns a flow and window, and octets a sensor-day, on a busy site made in code',
  async run(bench) {
    const costs = sections().map((work) => timeBlocks(work, { blocks: 9, warmMillis: 200 }));
    const rows = costs.map(({ name, nanos }) => [
      name,
      ...[nanos.min, nanos.median, nanos.max].map((n) => n.toFixed(1)),
    ]);
    bench.say(tableText(['section', 'least', 'median', 'greatest'], rows));
    const sizes = [...sizesOf(busyParts(60)).values()];
    const day = sizes.reduce((sum, { seconds, shipped }) => sum + shipped.p50 * (DAY / seconds), 0);
    bench.say(
      tableText(
        ['part', 'p50', 'p95', 'greatest'],
        sizes.map(({ seconds, shipped }) => [
          `${seconds} s`,
          ...[shipped.p50, shipped.p95, shipped.max].map((n) => n.toLocaleString('en-US')),
        ]),
      ),
    );
    bench.say(`a sensor-day of it, busy all day: ${(day / 1e6).toFixed(0)} MB`);
    return { costs, sizes, octetsADay: Math.round(day) };
  },
};
