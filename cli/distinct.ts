import { writeFile } from 'node:fs/promises';
import { distinctKinds, sides } from '../proto/routes.ts';
import { AppError, UsageError } from '../runtime/error.ts';
import { describeBefore, oneOf, runQuestion, withMargin } from './question.ts';
import type { QuestionCommand } from './question.ts';

export const command: QuestionCommand<'distinct'> = {
  name: 'distinct',
  usage: `picket distinct WHAT [options]

How many different ones all sensors together saw: the union, not a sum. WHAT is one of
${distinctKinds.join(' ')}.
`,
  options: { side: { type: 'string' }, sketch: { type: 'string' } },
  optionsHelp: `      --side S            only local ones, or remote ones (all); a pair or flow is local when both ends are
      --sketch FILE       writes the merged sketch as well, as Apache DataSketches does: picket sketch reads and merges it
`,
  examples: `  picket distinct hosts --last 1h
  picket distinct pairs --site oslo --from yesterday --to today
  picket distinct flows --sensor oslo/edge1 --last 10m --json | jq .value.estimate
  picket distinct hosts --side local --last 24h --compare previous
  picket distinct hosts --last 24h --sketch day.hll && picket sketch merge day.hll other.hll -o both.hll
`,
  read(options) {
    const [what, ...more] = options.positionals;
    if (more.length > 0) throw new UsageError('one thing is counted at a time');
    const kind = what === undefined ? oneOf(what, distinctKinds, 'count what?') : oneOf(what, distinctKinds, '');
    const side = options.text('side');
    const sketch = options.text('sketch') === undefined ? {} : { sketch: 'true' };
    return { what: kind, ...sketch, ...(side === undefined ? {} : { side: oneOf(side, sides, '--side') }) };
  },
  async keep({ sketch }, options) {
    const path = options.text('sketch');
    if (path === undefined) return;
    // A manager before this option answers without it.
    if (sketch === undefined) throw new AppError('manager.answer', 'the manager has sent no sketch');
    await writeFile(path, Buffer.from(sketch, 'base64'));
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
