import type { Answer } from '../proto/api.ts';
import { distinctKinds } from '../proto/routes.ts';
import { UsageError } from '../runtime/error.ts';
import { nearest } from '../runtime/nearest.ts';
import { ask } from './client.ts';
import { count, describeCoverage, exitStatus, parseQuestion, questionHelp } from './question.ts';

const help = `picket distinct WHAT [options]

How many different ones all sensors together saw: the union, not a sum. WHAT is one of
${distinctKinds.join(' ')}.

${questionHelp}
Examples:
  picket distinct hosts --last 1h
  picket distinct pairs --site oslo --from yesterday --to today
  picket distinct flows --sensor oslo/edge1 --last 10m --json | jq .value.estimate
`;

/** `picket distinct`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const question = parseQuestion(args, 'distinct');
  if (question.help) {
    process.stdout.write(help);
    return 0;
  }
  const [what, ...more] = question.positionals;
  if (what === undefined) throw new UsageError(`count what? one of ${distinctKinds.join(' ')}`);
  if (more.length > 0) throw new UsageError('one thing is counted at a time');
  if (!(distinctKinds as readonly string[]).includes(what)) {
    const near = nearest(what, distinctKinds);
    throw new UsageError(
      `${what}: not one of ${distinctKinds.join(' ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }
  const answer = await ask<Answer<'distinct'>>(question.places, 'distinct', { what, ...question.parameters });
  if (what === 'names') process.stderr.write('picket distinct: no sensor counts names yet: 0 says nothing\n');
  if (question.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    const { estimate, lower, upper, exact } = answer.value;
    const margin =
      exact || lower === upper
        ? ''
        : ` ± ${count(Math.max(upper - estimate, estimate - lower))} (${count(lower)} to ${count(upper)})`;
    process.stdout.write(`${count(estimate)}${margin} ${what}\n${describeCoverage(answer, question.utc)}`);
  }
  return exitStatus(answer.coverage);
}
