import { distinctKinds, sides } from '../proto/routes.ts';
import { UsageError } from '../runtime/error.ts';
import { describeBefore, oneOf, runQuestion, withMargin } from './question.ts';
import type { QuestionCommand } from './question.ts';

export const command: QuestionCommand<'distinct'> = {
  name: 'distinct',
  usage: `picket distinct WHAT [options]

How many different ones all sensors together saw: the union, not a sum. WHAT is one of
${distinctKinds.join(' ')}.
`,
  options: { side: { type: 'string' } },
  optionsHelp: `      --side S            only local ones, or remote ones (all); a pair or flow is local when both ends are
`,
  examples: `  picket distinct hosts --last 1h
  picket distinct pairs --site oslo --from yesterday --to today
  picket distinct flows --sensor oslo/edge1 --last 10m --json | jq .value.estimate
  picket distinct hosts --side local --last 24h --compare previous
`,
  read(options) {
    const [what, ...more] = options.positionals;
    if (more.length > 0) throw new UsageError('one thing is counted at a time');
    const kind = what === undefined ? oneOf(what, distinctKinds, 'count what?') : oneOf(what, distinctKinds, '');
    const side = options.text('side');
    return { what: kind, ...(side === undefined ? {} : { side: oneOf(side, sides, '--side') }) };
  },
  print({ query, value, previous }) {
    const side = query['side'] === 'all' ? '' : `${String(query['side'])} `;
    const line = `${withMargin(value)} ${side}${String(query['what'])}\n`;
    return previous === undefined ? line : line + describeBefore(withMargin(previous.value), previous.change);
  },
};

/** `picket distinct`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
