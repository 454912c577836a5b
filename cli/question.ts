import type { ParseArgsOptionsConfig } from 'node:util';
import type { Answer, Coverage } from '../proto/api.ts';
import type { ManagerPlace } from '../proto/managerUrl.ts';
import type { RouteName } from '../proto/routes.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { nearest } from '../runtime/nearest.ts';
import { ask, managerPlaces } from './client.ts';
import { parseOptions } from './options.ts';
import type { Parsed } from './options.ts';
import { styleOf } from './table.ts';
import type { Style } from './table.ts';
import { parseRange, shortTime } from './times.ts';
import { count, growth } from './units.ts';

export { count } from './units.ts';

/** What all questions have in common, for their help. */
const commonHelp = `      --site S            only sensors of this site (may be repeated)
      --sensor S          only this sensor, as NAME or SITE/NAME (may be repeated)
`;
const rangeHelp = `      --from T --to T     the span: seconds since 1970, 2026-01-31T12:00:00Z, 2026-01-31, -2h, now, today, yesterday
      --last D            the last 90s, 10m, 2h, 7d (default: the last hour)
      --all               the whole span that there is anything of
`;
const compareHelp = `      --compare previous  also the same for the span before, as long as this one
`;
const answerHelp = `      --manager URL       unix:PATH or http://127.0.0.1:PORT; else PICKET_MANAGER, else the sockets of this host
      --json              one JSON object on standard output
`;
const rowsHelp = `      --ndjson            one JSON object a row
      --follow            goes on: an answer after each arrival of windows, until ctrl-C
`;
const endHelp = `      --utc               times in UTC, not in local time
  -h, --help              this text

Exit status: 0; 1 failed; 2 called wrongly; 3 when a sensor is missing from the answer.
`;

/** A question that is a command. */
export interface QuestionCommand<Name extends RouteName> {
  name: Name;
  /** The command, where it is not called as its route. */
  called?: string;
  /** First lines of the help: how it is called and what it tells. */
  usage: string;
  /** Options of its own, and their lines of the help. */
  options?: ParseArgsOptionsConfig;
  optionsHelp?: string;
  /** Lines of examples. */
  examples: string;
  /** No `--compare`: there is no period before that it could be compared with. */
  isAlone?: boolean;
  /** No `--site` and `--sensor`: the question itself names sites. */
  namesSites?: boolean;
  /** Parameters from what is not an option, and from options of its own. Throws `UsageError`. */
  read: (options: Parsed) => Record<string, string | string[]>;
  /** The answer for people, without its coverage. */
  print: (answer: Answer<Name>, style: Style) => string;
  /** Keeps something of the answer besides what is written to standard output. */
  keep?: (answer: Answer<Name>, options: Parsed) => Promise<void>;
  /** The rows of the answer, for `--ndjson`; with it also `--follow`. */
  rows?: (answer: Answer<Name>) => readonly object[];
  /** What is printed in place of the answer, an object a line, when options of its own say so. */
  lines?: (answer: Answer<Name>, options: Parsed) => readonly object[] | undefined;
}

/** The name that a command is called by. */
export function nameOf({ called, name }: Pick<QuestionCommand<RouteName>, 'called' | 'name'>): string {
  return called ?? name;
}

/** Any answer that has a span and coverage. */
export type Spanned = Pick<Answer<'sensors'>, 'from' | 'to' | 'coverage' | 'data' | 'notes' | 'previous'>;

/** A question that was read from the command line. */
export interface Question {
  options: Parsed;
  json: boolean;
  ndjson: boolean;
  style: Style;
  places: ManagerPlace[];
  /** Parameters now: words such as `-2h` are resolved anew each time. */
  parameters: () => Record<string, string | string[]>;
}

/** Runs a question: answers with the exit status. */
export async function runQuestion<Name extends RouteName>(
  command: QuestionCommand<Name>,
  args: readonly string[],
): Promise<number> {
  const question = parseQuestion(command, args);
  if (question === undefined) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  if (question.options.flag('follow')) {
    const { follow } = await import('./follow.ts');
    return await follow(command, question);
  }
  const answer = await ask<Answer<Name>>(question.places, command.name, question.parameters());
  tellNotes(nameOf(command), answer as Spanned, question.style);
  await command.keep?.(answer, question.options);
  writeAnswer(command, question, answer);
  return exitStatus((answer as Spanned).coverage);
}

/** Writes an answer in the form that was asked for. */
export function writeAnswer<Name extends RouteName>(
  command: QuestionCommand<Name>,
  question: Question,
  answer: Answer<Name>,
  rows: readonly object[] = command.rows?.(answer) ?? [],
): void {
  const lines = command.lines?.(answer, question.options);
  if (lines !== undefined) for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
  else if (question.ndjson) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  else if (question.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    const { style } = question;
    process.stdout.write(command.print(answer, style) + describeAnswer(answer as Spanned, style));
  }
}

/** Reads the options; undefined when help was asked for. */
function parseQuestion<Name extends RouteName>(
  command: QuestionCommand<Name>,
  args: readonly string[],
): Question | undefined {
  const options = parseOptions(
    args,
    {
      ...(command.namesSites === true
        ? {}
        : { site: { type: 'string', multiple: true }, sensor: { type: 'string', multiple: true } }),
      from: { type: 'string' },
      to: { type: 'string' },
      last: { type: 'string' },
      all: { type: 'boolean' },
      ...(command.isAlone === true ? {} : { compare: { type: 'string' } }),
      manager: { type: 'string' },
      json: { type: 'boolean' },
      utc: { type: 'boolean' },
      ...(command.rows === undefined ? {} : { ndjson: { type: 'boolean' }, follow: { type: 'boolean' } }),
      ...command.options,
    },
    nameOf(command),
  );
  if (options.flag('help')) return undefined;
  const compare = options.text('compare');
  if (compare !== undefined) oneOf(compare, ['previous', 'none'], '--compare');
  const own = command.read(options);
  const utc = options.flag('utc');
  const range = {
    from: options.text('from'),
    to: options.text('to'),
    last: options.text('last'),
    all: options.flag('all'),
  };
  const parameters = (): Record<string, string | string[]> => ({
    ...own,
    ...(command.namesSites === true ? {} : { site: options.texts('site'), sensor: options.texts('sensor') }),
    ...parseRange(range, Date.now(), utc),
    ...(compare === undefined ? {} : { compare }),
  });
  // What is wrong with the range is told before anybody is asked.
  parameters();
  if (options.flag('follow') && range.to !== undefined)
    throw new UsageError('--follow goes on without end: --to does not go with it');
  const [json, ndjson] = [options.flag('json'), options.flag('ndjson')];
  if (json && ndjson) throw new UsageError('--json or --ndjson, not both');
  return { options, json, ndjson, style: styleOf(utc), places: managerPlaces(options.text('manager')), parameters };
}

function helpOf<Name extends RouteName>(command: QuestionCommand<Name>): string {
  const { usage, optionsHelp = '', examples, namesSites, rows, isAlone } = command;
  const common = namesSites === true ? '' : commonHelp;
  const told = rangeHelp + (isAlone === true ? '' : compareHelp) + answerHelp + (rows === undefined ? '' : rowsHelp);
  return `${usage}\n${optionsHelp}${common}${told}${endHelp}\nExamples:\n${examples}`;
}

/** One of the words, or the usage error that names them. */
export function oneOf(word: string | undefined, words: readonly string[], what: string): string {
  if (word !== undefined && words.includes(word)) return word;
  if (word === undefined) throw new UsageError(`${what} one of ${words.join(' ')}`);
  const near = nearest(word, words);
  throw new UsageError(
    `${what === '' ? '' : `${what} `}${printable(word)}: not one of ${words.join(' ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
}

/** Tells on standard error what was left out, and where there is something when there is nothing here. */
export function tellNotes(name: string, answer: Spanned, style: Style): void {
  const { coverage, data, notes } = answer;
  for (const note of notes) process.stderr.write(`picket ${name}: ${printable(note)}\n`);
  if (coverage.sensors.answered > 0 || data.from === null) return;
  const [from, to] = [shortTime(data.from, style.utc), shortTime(data.to, style.utc)];
  process.stderr.write(
    `picket ${name}: nothing in this span; there is data from ${from} to ${to}: use --all, or --from and --to\n`,
  );
}

/** Exit status of an answer: partial when somebody is missing from it. */
export function exitStatus(coverage: Coverage): number {
  return coverage.sensors.missing.length > 0 ? 3 : 0;
}

/** What an answer rests on, and what it was compared with. */
function describeAnswer(answer: Spanned, style: Style): string {
  const told = describeCoverage(answer, style.utc);
  const { previous } = answer;
  if (previous === undefined) return told;
  const before = `compared with ${describeCoverage(previous, style.utc)}`;
  return previous.comparable ? told + before : `${told}${before}not comparable: ${printable(previous.why ?? '')}\n`;
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

/** An estimate with its error: `1,234 ± 40 (1,195 to 1,276)`; without when it is exact. */
export function withMargin(
  value: { estimate: number; lower: number; upper: number },
  unit: (value: number) => string = count,
): string {
  const { estimate, lower, upper } = value;
  if (lower === upper) return unit(estimate);
  const margin = Math.max(upper - estimate, estimate - lower);
  return `${unit(estimate)} ± ${unit(margin)} (${unit(lower)} to ${unit(upper)})`;
}

/** A line that says what it was in the period before. */
export function describeBefore(value: string, change: number | null): string {
  return `  before: ${value}, ${change === null ? 'no change to tell' : growth(change)}\n`;
}
