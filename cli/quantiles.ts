import type { Answer } from '../proto/api.ts';
import { quantileKinds } from '../proto/routes.ts';
import { UsageError } from '../runtime/error.ts';
import { oneOf, runQuestion } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { table } from './table.ts';
import { count, growth, octets, seconds, share } from './units.ts';

const units: Readonly<Record<Answer<'quantiles'>['unit'], (value: number) => string>> = { octets, seconds, share };

export const command: QuestionCommand<'quantiles'> = {
  name: 'quantiles',
  usage: `picket quantiles WHAT [options]

How something of the connections that ended is spread. WHAT is one of
${quantileKinds.join(' ')}: octets; seconds from first to last packet; seconds of a TCP handshake; the share of a TCP
connection's segments that were sent again. Of whole minutes.
`,
  options: { p: { type: 'string', short: 'p', multiple: true } },
  optionsHelp: `  -p P                    a percentage (may be repeated; 50, 90 and 99)
`,
  examples: `  picket quantiles sizes --last 24h
  picket quantiles handshakes -p 50 -p 99.9 --site oslo
  picket quantiles durations --last 1h --json | jq .value.p99
`,
  read(options) {
    const [what, ...more] = options.positionals;
    if (more.length > 0) throw new UsageError('quantiles of one thing at a time');
    const kind = what === undefined ? oneOf(what, quantileKinds, 'of what?') : oneOf(what, quantileKinds, '');
    const p = options.texts('p').map((text) => text.replace(/^p|%$/g, ''));
    for (const one of p)
      if (!/^\d{1,3}(\.\d{1,6})?$/.test(one) || Number(one) > 100)
        throw new UsageError(`-p ${one}: not a percentage from 0 to 100`);
    return { what: kind, p };
  },
  print(answer, style) {
    if (answer.count === 0) return 'no connection ended\n';
    const unit = units[answer.unit];
    const show = (value: number | null | undefined): string => (typeof value === 'number' ? unit(value) : '-');
    const { previous } = answer;
    const rows = Object.entries(answer.value).map(([p, value]) => {
      const bounds = answer.bounds[p];
      const margin = bounds?.lower === bounds?.upper ? '' : `${show(bounds?.lower)} to ${show(bounds?.upper)}`;
      return [
        p,
        show(value),
        margin,
        ...(previous === undefined ? [] : [show(previous.value[p]), growth(previous.change[p])]),
      ];
    });
    const columns = [
      { head: '' },
      { head: String(answer.query['what']).toUpperCase(), right: true },
      { head: '' },
      ...(previous === undefined
        ? []
        : [
            { head: 'BEFORE', right: true },
            { head: 'CHANGE', right: true },
          ]),
    ];
    return `${table(columns, rows, style)}${count(answer.count)} connections, from ${show(answer.least)} to ${show(answer.greatest)}\n`;
  },
};

/** `picket quantiles`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
