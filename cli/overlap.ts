import { sides } from '../proto/routes.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { oneOf, runQuestion, withMargin } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { table } from './table.ts';
import { count, growth, octets } from './units.ts';

export const command: QuestionCommand<'overlap'> = {
  name: 'overlap',
  usage: `picket overlap SITE SITE [options]

What two sites both saw: how many hosts, and how many octets of flows.
`,
  options: { side: { type: 'string' } },
  optionsHelp: `      --side S            only local hosts, or remote ones (all)
`,
  examples: `  picket overlap oslo lima --last 24h
  picket overlap oslo lima --side remote --json | jq .value.hosts.overlap
`,
  namesSites: true,
  read(options) {
    const [a, b, ...more] = options.positionals;
    if (a === undefined || b === undefined || more.length > 0)
      throw new UsageError('two sites: picket overlap oslo lima');
    const side = options.text('side');
    return { a, b, ...(side === undefined ? {} : { side: oneOf(side, sides, '--side') }) };
  },
  print({ query, value, previous }, style) {
    const { hosts, octets: flows } = value;
    const rows = [
      [printable(String(query['a'])), withMargin(hosts.a), withMargin(flows.a, octets)],
      [printable(String(query['b'])), withMargin(hosts.b), withMargin(flows.b, octets)],
      ['at least one', withMargin(hosts.union), withMargin(flows.union, octets)],
      ['both', withMargin(hosts.overlap), withMargin(flows.overlap, octets)],
    ];
    if (previous !== undefined) {
      const { value: then, change } = previous;
      rows.push([
        'both, before',
        `${count(then.hosts.overlap.estimate)}, ${growth(change.hosts)}`,
        `${octets(then.octets.overlap.estimate)}, ${growth(change.octets)}`,
      ]);
    }
    return table([{ head: 'SEEN AT' }, { head: 'HOSTS' }, { head: 'OCTETS OF FLOWS' }], rows, style);
  },
};

/** `picket overlap`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
