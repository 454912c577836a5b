import type { Coverage } from '../proto/api.ts';
import type { ManagerPlace } from '../proto/managerUrl.ts';
import { printable } from '../runtime/error.ts';
import { managerPlaces } from './client.ts';
import { parseOptions } from './options.ts';
import { parseRange, shortTime } from './times.ts';

/** What all questions have in common, for their help. */
export const questionHelp = `      --site S            only sensors of this site (may be repeated)
      --sensor S          only this sensor, as NAME or SITE/NAME (may be repeated)
      --from T --to T     the span: seconds since 1970, 2026-01-31T12:00:00Z, -2h, now, today, yesterday
      --last D            the last 90s, 10m, 2h, 7d (default: the last hour)
      --manager URL       unix:PATH or http://127.0.0.1:PORT; else PICKET_MANAGER, else the sockets of this host
      --json              one JSON object on standard output
      --utc               times in UTC, not in local time
  -h, --help              this text

Exit status: 0; 1 failed; 2 called wrongly; 3 when a sensor is missing from the answer.
`;

export interface Question {
  help: boolean;
  json: boolean;
  utc: boolean;
  positionals: string[];
  places: ManagerPlace[];
  parameters: Record<string, string | string[]>;
}

/** Reads the options that all questions have in common. */
export function parseQuestion(args: readonly string[], command: string): Question {
  const options = parseOptions(
    args,
    {
      site: { type: 'string', multiple: true },
      sensor: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      last: { type: 'string' },
      manager: { type: 'string' },
      json: { type: 'boolean' },
      utc: { type: 'boolean' },
    },
    command,
  );
  const help = options.flag('help');
  const range = { from: options.text('from'), to: options.text('to'), last: options.text('last') };
  return {
    help,
    json: options.flag('json'),
    utc: options.flag('utc'),
    positionals: options.positionals,
    places: help ? [] : managerPlaces(options.text('manager')),
    parameters: {
      site: options.texts('site'),
      sensor: options.texts('sensor'),
      ...(help ? {} : parseRange(range, Date.now())),
    },
  };
}

/** Exit status of an answer: partial when somebody is missing from it. */
export function exitStatus(coverage: Coverage): number {
  return coverage.sensors.missing.length > 0 ? 3 : 0;
}

/** What an answer rests on, in one line, and one more for those who are missing. */
export function describeCoverage(
  answer: { from: string | null; to: string | null; coverage: Coverage },
  utc: boolean,
): string {
  const { sensors, seconds, packets } = answer.coverage;
  const lines = [
    `${shortTime(answer.from, utc)} to ${shortTime(answer.to, utc)}: ${sensors.answered} of ${sensors.asked} sensors, ` +
      `${count(seconds.present)} of ${count(seconds.expected)} s, ${count(packets.seen)} packets seen, ` +
      `lost: ${count(packets.nic)} card, ${count(packets.kernel)} kernel, ${count(packets.shed)} shed`,
  ];
  const missing = sensors.missing.map(({ sensor, why }) => `${printable(sensor)} (${printable(why)})`);
  if (missing.length > 0) lines.push(`missing: ${missing.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** A whole number with separators, for people. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
