import { metrics, sides, topKinds } from '../proto/routes.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { oneOf, runQuestion } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { bar, table } from './table.ts';
import { count, growth, octets } from './units.ts';

const barWidth = 20;

export const command: QuestionCommand<'top'> = {
  name: 'top',
  usage: `picket top WHAT [options]

Who had most, all sensors together: the truth lies within what is shown +- the error. WHAT is one of
${topKinds.join(' ')}. A pair is SENDER RECEIVER.
`,
  options: { by: { type: 'string' }, limit: { type: 'string', short: 'n' }, side: { type: 'string' } },
  optionsHelp: `      --by octets|packets what the list is ordered by (octets)
  -n, --limit N           rows (10)
      --side S            only local ones, or remote ones (all); a pair is local when both ends are
`,
  examples: `  picket top hosts
  picket top services --by packets --last 24h -n 20
  picket top pairs --site lima --side remote --json | jq -r '.rows[] | [.key, .octets] | @tsv'
  picket top sources --from yesterday --to today --compare previous
`,
  read(options) {
    const [what, ...more] = options.positionals;
    if (more.length > 0) throw new UsageError('one list at a time');
    const kind = what === undefined ? oneOf(what, topKinds, 'top what?') : oneOf(what, topKinds, '');
    const [by, side, limit] = [options.text('by'), options.text('side'), options.text('limit')];
    if (limit !== undefined && !/^([1-9]\d{0,2}|1000)$/.test(limit))
      throw new UsageError(`--limit ${limit}: not a whole number from 1 to 1000`);
    return {
      what: kind,
      ...(by === undefined ? {} : { by: oneOf(by, metrics, '--by') }),
      ...(side === undefined ? {} : { side: oneOf(side, sides, '--side') }),
      ...(limit === undefined ? {} : { limit }),
    };
  },
  rows: ({ rows }) => rows,
  print(answer, style) {
    const compared = answer.previous !== undefined;
    const by = answer.query['by'] === 'packets' ? 'packets' : 'octets';
    const most = answer.rows[0]?.[by] ?? 0;
    const named = answer.rows.some(({ name }) => typeof name === 'string');
    const rows = answer.rows.map((row, at) => [
      String(at + 1),
      ...(compared ? [String(row.before?.rank ?? 'new'), growth(row.change)] : []),
      printable(row.key),
      ...(named ? [printable(row.name ?? '')] : []),
      octets(row.octets),
      row.error.octets === 0 ? '' : `± ${octets(row.error.octets)}`,
      count(row.packets),
      row.error.packets === 0 ? '' : `± ${count(row.error.packets)}`,
      ...(style.rich && most > 0 ? [bar(row[by] / most, barWidth)] : []),
    ]);
    const columns = [
      { head: '', right: true },
      ...(compared
        ? [
            { head: 'WAS', right: true },
            { head: 'CHANGE', right: true },
          ]
        : []),
      { head: String(answer.query['what']).toUpperCase() },
      ...(named ? [{ head: 'NAME' }] : []),
      { head: 'OCTETS', right: true },
      { head: '' },
      { head: 'PACKETS', right: true },
      { head: '' },
      ...(style.rich ? [{ head: '' }] : []),
    ];
    const { others } = answer;
    const rest =
      others.octets === 0 && others.packets === 0
        ? ''
        : `any other had at most ${octets(others.octets)} and ${count(others.packets)} packets\n`;
    return rows.length === 0 ? 'nothing is listed\n' : table(columns, rows, style) + rest;
  },
};

/** `picket top`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
