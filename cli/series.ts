import type { Answer, SeriesRow } from '../proto/api.ts';
import { groupings, seriesKinds, sides } from '../proto/routes.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { oneOf, runQuestion } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { bar, sparkline, table } from './table.ts';
import type { Style } from './table.ts';
import { parseDuration, shortTime } from './times.ts';
import { count, growth, octets } from './units.ts';

const barWidth = 30;

export const command: QuestionCommand<'series'> = {
  name: 'series',
  usage: `picket series WHAT [options]

How much or how many in each step of the span. WHAT is one of
${seriesKinds.join(' ')}. A step of which nothing was watched has a dash.
`,
  options: {
    by: { type: 'string' },
    step: { type: 'string' },
    steps: { type: 'string' },
    side: { type: 'string' },
  },
  optionsHelp: `      --step D            length of a step: 10s, 1m, 1h, 1d (so that there are some 60)
      --steps N           as many steps, all of one length
      --by site|sensor    a row a step for each of them (none)
      --side S            only local ones, or remote ones (all); for counts of different ones
`,
  examples: `  picket series octets --last 24h --steps 24
  picket series hosts --step 1h --from yesterday --to today --by site
  picket series packets --step 10s --follow --ndjson | jq -c '[.from, .value]'
`,
  read(options) {
    const [what, ...more] = options.positionals;
    if (more.length > 0) throw new UsageError('one series at a time');
    const kind = what === undefined ? oneOf(what, seriesKinds, 'a series of what?') : oneOf(what, seriesKinds, '');
    const [by, step, steps, side] = ['by', 'step', 'steps', 'side'].map((name) => options.text(name));
    return {
      what: kind,
      ...(by === undefined ? {} : { by: oneOf(by, groupings, '--by') }),
      ...(step === undefined ? {} : { step: String(stepSeconds(step)) }),
      ...(steps === undefined ? {} : { steps: stepCount(steps) }),
      ...(side === undefined ? {} : { side: oneOf(side, sides, '--side') }),
    };
  },
  rows: ({ rows }) => rows,
  print(answer, style) {
    const groups = Map.groupBy(answer.rows, (row) => row.sensor ?? row.site ?? '');
    return [...groups].map(([name, rows]) => printGroup(answer, name, rows, style)).join('');
  },
};

function stepSeconds(text: string): number {
  const seconds = /^\d{1,8}$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds === undefined || seconds < 1 || !Number.isInteger(seconds))
    throw new UsageError(`--step ${text}: not a length of whole seconds such as 10s, 1m, 1h, 1d`);
  return seconds;
}

function stepCount(text: string): string {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 2000)
    throw new UsageError(`--steps ${text}: not a whole number from 1 to 2000`);
  return text;
}

function printGroup(answer: Answer<'series'>, name: string, rows: readonly SeriesRow[], style: Style): string {
  const unit = answer.query['what'] === 'octets' ? octets : count;
  const compared = answer.previous !== undefined;
  const most = rows.reduce((greatest, { value }) => Math.max(greatest, value ?? 0), 0);
  const lines = rows.map((row) => [
    shortTime(row.from, style.utc),
    row.value === null ? '-' : unit(row.value),
    row.value === null || row.lower === null || row.lower === row.upper ? '' : `± ${unit(row.value - row.lower)}`,
    ...(compared ? [growth(row.change)] : []),
    gapOf(row),
    ...(style.rich && most > 0 ? [bar((row.value ?? 0) / most, barWidth)] : []),
  ]);
  const columns = [
    { head: 'FROM' },
    { head: String(answer.query['what']).toUpperCase(), right: true },
    { head: '' },
    ...(compared ? [{ head: 'CHANGE', right: true }] : []),
    { head: '' },
    ...(style.rich ? [{ head: '' }] : []),
  ];
  const spark = style.rich ? `  ${sparkline(rows.map(({ value }) => value))}` : '';
  const title = name === '' ? '' : `${printable(name)}${spark}\n`;
  return title + table(columns, lines, style);
}

/** How much of a step was watched, where that is not all. */
function gapOf({ value, coverage: { seconds } }: SeriesRow): string {
  if (value === null || seconds.present >= seconds.expected) return '';
  return `${Math.floor((100 * seconds.present) / seconds.expected)} % watched`;
}

/** `picket series`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
