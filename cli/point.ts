import type { PointValue } from '../proto/api.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { describeBefore, runQuestion, withMargin } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { table } from './table.ts';
import { shortTime } from './times.ts';
import { octets } from './units.ts';

const tells = {
  list: 'from the lists of top hosts',
  sketch: 'from count-min sketches; packets of unlisted hosts are bounded only',
  none: 'nothing here tells of single hosts',
};

export const command: QuestionCommand<'point'> = {
  name: 'point',
  usage: `picket point ADDRESS [options]

What one address did: how much, where, when. From the lists of top hosts where it is listed, else from count-min sketches;
the answer says which. In a realm ADDRESS@NAME. Of whole minutes.
`,
  options: { steps: { type: 'string' } },
  optionsHelp: `      --steps N           steps that the span is told in (24)
`,
  examples: `  picket point 192.0.2.7 --last 24h
  picket point 2001:db8::7 --site lima --json | jq .value.octets
`,
  read(options) {
    const [address, ...more] = options.positionals;
    if (address === undefined) throw new UsageError('which address? 192.0.2.7, 2001:db8::7, or 10.0.0.7@REALM');
    if (more.length > 0) throw new UsageError('one address at a time');
    const steps = options.text('steps');
    if (steps !== undefined && (!/^\d{1,3}$/.test(steps) || Number(steps) < 1 || Number(steps) > 200))
      throw new UsageError(`--steps ${steps}: not a whole number from 1 to 200`);
    return { address, ...(steps === undefined ? {} : { steps }) };
  },
  print(answer, style) {
    const { name, value, previous } = answer;
    const lines = [
      `${printable(String(answer.query['address']))}${typeof name === 'string' ? ` (${printable(name)})` : ''}: ${withMargin(value.octets, octets)}, ${withMargin(value.packets)} packets\n`,
      `  ${tells[value.told]}\n`,
    ];
    if (previous !== undefined) lines.push(describeBefore(withMargin(previous.value.octets, octets), previous.change));
    const cells = (told: PointValue): string[] => [
      withMargin(told.octets, octets),
      withMargin(told.packets),
      told.told,
    ];
    const where = answer.rows.filter(({ octets: { upper } }) => upper > 0);
    const when = answer.steps.filter(({ octets: { upper } }) => upper > 0);
    const columns = [{ head: 'OCTETS' }, { head: 'PACKETS' }, { head: 'FROM' }];
    if (where.length > 0)
      lines.push(
        table(
          [{ head: 'WHERE' }, ...columns],
          where.map((row) => [printable(row.sensor), ...cells(row)]),
          style,
        ),
      );
    if (when.length > 0)
      lines.push(
        table(
          [{ head: 'WHEN' }, ...columns],
          when.map((row) => [shortTime(row.from, style.utc), ...cells(row)]),
          style,
        ),
      );
    return lines.join('');
  },
};

/** `picket point`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
