import type { SensorRow } from '../proto/api.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { runQuestion } from './question.ts';
import type { QuestionCommand } from './question.ts';
import { table } from './table.ts';
import { shortDuration, shortTime } from './times.ts';
import { count, growth, octets } from './units.ts';

export const command: QuestionCommand<'sensors'> = {
  name: 'sensors',
  usage: `picket sensors [options]

The sensors that were ever seen: whether they are connected, how far behind, what they saw and lost in the span.
`,
  examples: `  picket sensors
  picket sensors --site oslo --last 24h --json | jq '.rows[] | select(.connected | not)'
  picket sensors --follow
`,
  read(options) {
    if (options.positionals.length > 0) throw new UsageError('sensors are named by --sensor and --site');
    return {};
  },
  rows: ({ rows }) => rows,
  print(answer, style) {
    const compared = answer.previous !== undefined;
    const rows = answer.rows.map((row) => [
      printable(row.sensor),
      row.replay ? 'replay' : row.connected ? 'connected' : 'away',
      printable(row.taps.join(',')) || '-',
      row.replay || row.lagSeconds === null ? '-' : shortDuration(row.lagSeconds),
      count(row.packets.seen),
      octets(row.octets),
      ...(compared ? [growth(row.change)] : []),
      count(row.packets.nic + row.packets.kernel + row.packets.shed),
      shortTime(row.lastSeen, style.utc),
    ]);
    const columns = [
      { head: 'SENSOR' },
      { head: 'STATE' },
      { head: 'TAPS' },
      { head: 'LAG', right: true },
      { head: 'PACKETS', right: true },
      { head: 'OCTETS', right: true },
      ...(compared ? [{ head: 'CHANGE', right: true }] : []),
      { head: 'LOST', right: true },
      { head: 'LAST SEEN' },
    ];
    return table(columns, rows, style) + answer.rows.map(describeFaults).join('');
  },
};

/** A clock that is off by more than this is told to people, beyond what the measurement may be off. */
const offSeconds = 1;

/** A line of what is wrong with a sensor besides lag and loss, or nothing. */
function describeFaults(row: SensorRow): string {
  const { clockOffsetSeconds: offset, clockUncertaintySeconds: uncertainty, quarantined, unreadable, refused } = row;
  const faults: string[] = [];
  if (offset !== null && Math.abs(offset) > offSeconds + (uncertainty ?? 0))
    faults.push(`its clock is ${shortDuration(Math.abs(offset))} ${offset > 0 ? 'ahead' : 'behind'}`);
  if (quarantined > 0) faults.push(`${count(quarantined)} parts from the future are in no answer`);
  if (unreadable > 0) faults.push(`${count(unreadable)} parts that cannot be read are in no answer`);
  if (refused > 0) faults.push(`${count(refused)} links were refused`);
  return faults.length === 0 ? '' : `${printable(row.sensor)}: ${faults.join('; ')}\n`;
}

/** `picket sensors`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return await runQuestion(command, args);
}
