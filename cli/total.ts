import type { TotalValue } from '../proto/api.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { describeBefore, runQuestion, withMargin } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { count, octets } from './units.ts';

export const command: QuestionCommand<'total'> = {
  name: 'total',
  usage: `picket total [options]

Packets and octets, added up. What several sensors saw is in it as often as they saw it; with --dedup also once.
`,
  options: { dedup: { type: 'boolean' } },
  optionsHelp: `      --dedup             also the octets of flows, each counted once though several sensors saw it
`,
  examples: `  picket total --last 24h
  picket total --dedup --site oslo --site lima --json | jq .value.dedup.octets.estimate
`,
  read(options) {
    if (options.positionals.length > 0) throw new UsageError('total takes options only; sites are named by --site');
    return options.flag('dedup') ? { dedup: 'true' } : {};
  },
  print({ value, previous }) {
    const lines = [describeTotal(value)];
    if (previous !== undefined) {
      const { octets: plain, dedup } = previous.value;
      lines.push(
        describeBefore(dedup === undefined ? octets(plain) : withMargin(dedup.octets, octets), previous.change),
      );
    }
    return lines.join('');
  },
};

function describeTotal({ packets, octets: plain, dedup }: TotalValue): string {
  const lines = [`${octets(plain)}, ${count(packets)} packets\n`];
  if (dedup !== undefined) {
    lines.push(
      `once: ${withMargin(dedup.octets, octets)} of flows\n`,
      `  compared: ${dedup.sensors.map((sensor) => printable(sensor)).join(', ') || 'nobody'}; added up they saw ${octets(dedup.plain)}\n`,
    );
  }
  return lines.join('');
}

/** `picket total`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
