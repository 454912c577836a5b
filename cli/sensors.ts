import type { Answer } from '../proto/api.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { ask } from './client.ts';
import { count, describeCoverage, exitStatus, parseQuestion, questionHelp } from './question.ts';
import { shortDuration, shortTime } from './times.ts';

const help = `picket sensors [options]

The sensors that were ever seen: whether they are connected, how far behind, what they saw and lost in the span.

${questionHelp}
Examples:
  picket sensors
  picket sensors --site oslo --last 24h --json | jq '.rows[] | select(.connected | not)'
`;

/** `picket sensors`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const question = parseQuestion(args, 'sensors');
  if (question.help) {
    process.stdout.write(help);
    return 0;
  }
  if (question.positionals.length > 0) throw new UsageError('sensors are named by --sensor and --site');
  const answer = await ask<Answer<'sensors'>>(question.places, 'sensors', question.parameters);
  if (question.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    const rows = answer.rows.map((row) => [
      printable(row.sensor),
      row.replay ? 'replay' : row.connected ? 'connected' : 'away',
      printable(row.taps.join(',')) || '-',
      row.replay || row.lagSeconds === null ? '-' : shortDuration(row.lagSeconds),
      count(row.packets.seen),
      count(row.packets.nic + row.packets.kernel + row.packets.shed),
      shortTime(row.lastSeen, question.utc),
    ]);
    process.stdout.write(table([['SENSOR', 'STATE', 'TAPS', 'LAG', 'PACKETS', 'LOST', 'LAST SEEN'], ...rows]));
    process.stdout.write(describeCoverage(answer, question.utc));
  }
  return exitStatus(answer.coverage);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
