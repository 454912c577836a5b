import { UsageError, printable } from '../runtime/error.ts';
import { oneOf, runQuestion } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { table } from './table.ts';
import { count, octets } from './units.ts';

const sides = ['client', 'server'] as const;

export const command: QuestionCommand<'http'> = {
  name: 'http',
  isAlone: true,
  usage: `picket http [options]

Answers of HTTP by status and client, or by status and server, all sensors together: the truth lies within the count +-
the error. What went over TLS or QUIC is in none of them: how much that was stands below.
`,
  options: {
    by: { type: 'string' },
    status: { type: 'string', multiple: true },
    limit: { type: 'string', short: 'n' },
  },
  optionsHelp: `      --by client|server  whose answers are counted (client)
      --status S          only this status, or class: 404, 5xx; may be repeated
  -n, --limit N           rows (10)
`,
  examples: `  picket http --status 4xx --last 1h        # who asks for what is not there
  picket http --by server --status 5xx --last 24h
  picket http --json | jq .total.unseen
`,
  read(options) {
    if (options.positionals.length > 0) throw new UsageError('picket http takes options only: --status 404');
    const [by, limit, statuses] = [options.text('by'), options.text('limit'), options.texts('status')];
    if (limit !== undefined && !/^([1-9]\d{0,2}|1000)$/.test(limit))
      throw new UsageError(`--limit ${limit}: not a whole number from 1 to 1000`);
    const wrong = statuses.find((status) => !/^[1-9](\d\d|xx)$/.test(status));
    if (wrong !== undefined) throw new UsageError(`--status is such as 404 or 4xx, not ${wrong}`);
    return {
      ...(by === undefined ? {} : { by: oneOf(by, sides, '--by') }),
      ...(limit === undefined ? {} : { limit }),
      ...(statuses.length === 0 ? {} : { status: statuses }),
    };
  },
  rows: ({ rows }) => rows,
  print(answer, style) {
    const by = answer.query['by'] === 'server' ? 'server' : 'client';
    const rows = answer.rows.map((row) => [
      String(row.status),
      printable(row[by] ?? ''),
      count(row.count),
      row.error === 0 ? '' : `± ${count(row.error)}`,
      octets(row.octets),
    ]);
    const columns = [
      { head: 'STATUS', right: true },
      { head: by.toUpperCase() },
      { head: 'ANSWERS', right: true },
      { head: '' },
      { head: 'BODIES', right: true },
    ];
    const { total, others } = answer;
    const rest = others === 0 ? '' : `any other had at most ${count(others)} answers\n`;
    const share =
      total.unseen === null ? '' : `; ${(total.unseen * 100).toFixed(1)} % of the web's octets were encrypted`;
    const all = `${count(total.requests)} requests, ${count(total.responses)} answers${share}\n`;
    return (rows.length === 0 ? 'nothing is listed\n' : table(columns, rows, style) + rest) + all;
  },
};

/** `picket http`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
