import type { Answer, LiveMessage } from '../proto/api.ts';
import type { ManagerPlace } from '../proto/managerUrl.ts';
import { UsageError, describeError, printable } from '../runtime/error.ts';
import { ask, findManager, managerPlaces } from './client.ts';
import { parseOptions } from './options.ts';
import type { Parsed } from './options.ts';
import { describeCoverage, exitStatus } from './question.ts';
import { dim, styleOf } from './table.ts';
import type { Style } from './table.ts';
import { parseRange, shortTime } from './times.ts';

const help = `picket tail LOG [options]

The newest rows of a log that sensors ship (their key logs.ship), as dns, http or conn; with --follow also those that come.

  -n, --limit N           rows (10; with a span 1000), at most 10000
      --where EXPR        rows for which that is true: fields, == != < <= > >= contains in, and or not, parentheses
      --fields A,B,C      these fields only, in this order
  -f, --follow            goes on with rows as they arrive, until ctrl-C
      --site S            only sensors of this site (may be repeated)
      --sensor S          only this sensor, as NAME or SITE/NAME (may be repeated)
      --from T --to T     the span: seconds since 1970, 2026-01-31T12:00:00Z, 2026-01-31, -2h, now, today, yesterday
      --last D            the last 90s, 10m, 2h, 7d (default: the last hour)
      --all               the whole span that there is anything of
      --manager URL       unix:PATH or http://127.0.0.1:PORT; else PICKET_MANAGER, else the sockets of this host
      --json              one JSON object on standard output
      --ndjson            one JSON object a row
      --utc               times in UTC, not in local time
  -h, --help              this text

Exit status: 0; 1 failed; 2 called wrongly; 3 when a sensor is missing from the answer.

Examples:
  picket tail dns --where 'query contains example and rcode_name == NXDOMAIN' --fields ts,id.orig_h,query --follow
  picket tail conn --where 'id.orig_h in 10.0.0.0/8 and orig_bytes > 1000000' --last 10m
  picket tail ssl --site oslo --last 1d --ndjson | jq -r .server_name | sort | uniq -c
`;

/** Rows that are remembered, so that none is printed twice where an answer and the stream overlap. */
const MOST_KNOWN = 50_000;
/** Seconds before a stream was lost that are asked for again. */
const OVERLAP_SECONDS = 10;

type Row = Answer<'logs'>['rows'][number];

interface Tail {
  place: ManagerPlace;
  fields: readonly string[];
  json: boolean;
  ndjson: boolean;
  style: Style;
  parameters: () => Record<string, string | string[]>;
}

/** `picket tail`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    args,
    {
      limit: { type: 'string', short: 'n' },
      where: { type: 'string' },
      fields: { type: 'string' },
      follow: { type: 'boolean', short: 'f' },
      site: { type: 'string', multiple: true },
      sensor: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      last: { type: 'string' },
      all: { type: 'boolean' },
      manager: { type: 'string' },
      json: { type: 'boolean' },
      ndjson: { type: 'boolean' },
      utc: { type: 'boolean' },
    },
    'tail',
  );
  if (options.flag('help')) {
    process.stdout.write(help);
    return 0;
  }
  const asked = readTail(options);
  const tail: Tail = { ...asked, place: await findManager(managerPlaces(options.text('manager'))) };
  return options.flag('follow') ? await follow(tail) : await once(tail);
}

function readTail(options: Parsed): Omit<Tail, 'place'> {
  const [log, ...more] = options.positionals;
  if (log === undefined || more.length > 0) throw new UsageError('one log, as dns; picket tail --help shows how');
  const [json, ndjson, following] = [options.flag('json'), options.flag('ndjson'), options.flag('follow')];
  if (json && (ndjson || following)) throw new UsageError('--json is one object: not with --ndjson or --follow');
  const range = {
    from: options.text('from'),
    to: options.text('to'),
    last: options.text('last'),
    all: options.flag('all'),
  };
  if (following && range.to !== undefined)
    throw new UsageError('--follow goes on without end: --to does not go with it');
  const hasSpan = range.all || range.from !== undefined || range.last !== undefined;
  const limit = options.text('limit') ?? (hasSpan ? '1000' : '10');
  if (!/^([1-9]\d{0,3}|10000)$/.test(limit))
    throw new UsageError(`--limit ${limit}: not a whole number from 1 to 10000`);
  const names = (options.text('fields') ?? '').split(',').map((name) => name.trim());
  const fields = names.filter((name) => name !== '');
  const where = options.text('where');
  const utc = options.flag('utc');
  const parameters = (): Record<string, string | string[]> => ({
    log,
    limit,
    ...(fields.length === 0 ? {} : { fields }),
    ...(where === undefined ? {} : { where }),
    site: options.texts('site'),
    sensor: options.texts('sensor'),
    ...parseRange(range, Date.now(), utc),
  });
  // What is wrong with the range is told before anybody is asked.
  parameters();
  return { fields, json, ndjson, style: styleOf(utc), parameters };
}

async function once(tail: Tail): Promise<number> {
  const answer = await ask<Answer<'logs'>>([tail.place], 'logs', tail.parameters());
  if (tail.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else for (const row of answer.rows) print(tail, row);
  tellLosses(answer, tail.style);
  if (!tail.json && !tail.ndjson) {
    if (answer.more) process.stderr.write('picket tail: there are more rows in the span: --limit\n');
    if (answer.rows.length === 0) tellNothing(answer, tail.style);
    process.stderr.write(describeCoverage(answer, tail.style.utc));
  }
  return exitStatus(answer.coverage);
}

/** The stream is opened first and then it is asked: what comes meanwhile waits, and nothing is printed twice or missed. */
async function follow(tail: Tail): Promise<number> {
  const { listen } = await import('./follow.ts');
  const ended = Promise.withResolvers<number>();
  process.once('SIGINT', () => ended.resolve(0));
  process.once('SIGTERM', () => ended.resolve(0));
  const known = new Set<string>();
  /** Rows that came while the answer is awaited; undefined when none is. */
  let held: Row[] | undefined = [];
  let lostAt: number | undefined;

  const show = (row: Row, isNew: boolean): void => {
    const text = JSON.stringify(row);
    if (!isNew && known.has(text)) return;
    known.add(text);
    for (const oldest of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    print(tail, row);
  };
  const catchUp = async (): Promise<void> => {
    held = [];
    const again = lostAt === undefined ? {} : { from: String(lostAt - OVERLAP_SECONDS), to: [], limit: '10000' };
    const answer = await ask<Answer<'logs'>>([tail.place], 'logs', { ...whole(tail), ...again });
    tellLosses(answer, tail.style);
    for (const row of answer.rows) show(row, false);
    for (const row of held ?? []) show(row, false);
    held = undefined;
  };
  const told = (message: LiveMessage): void => {
    if (message.type === 'hello') catchUp().catch(ended.reject);
    else if (message.type === 'dropped')
      process.stderr.write(`picket tail: ${message.rows ?? 0} rows were not sent, reading is too slow\n`);
    else if (message.type === 'rows') {
      for (const row of message.rows) {
        const whole = { sensor: `${message.site}/${message.sensor}`, ...row };
        if (held === undefined) show(whole, true);
        else held.push(whole);
      }
    }
  };
  const lost = (error: unknown): void => {
    lostAt = Math.floor(Date.now() / 1000);
    process.stderr.write(`picket tail: the stream of rows is lost, trying again: ${describeError(error)}\n`);
  };
  // Wrong questions are refused before there is a stream of them.
  await ask<Answer<'logs'>>([tail.place], 'logs', { ...tail.parameters(), limit: '1' });
  const close = listen(tail.place, whole(tail), { told, lost });
  try {
    return await ended.promise;
  } finally {
    close();
  }
}

/** The question for rows with all fields: by these they are told apart. */
function whole(tail: Tail): Record<string, string | string[]> {
  return { ...tail.parameters(), fields: [] };
}

function print({ ndjson, fields, style }: Tail, row: Row): void {
  const chosen = fields.length === 0 ? row : pick(row, ['sensor', ...fields]);
  process.stdout.write(ndjson ? `${JSON.stringify(chosen)}\n` : `${lineOf(row, fields, style)}\n`);
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.filter((name) => row[name] !== undefined).map((name) => [name, row[name]]));
}

/** Time and sensor, then the chosen fields apart by tabs; without a choice all that are there, as NAME=VALUE. */
function lineOf(row: Row, fields: readonly string[], style: Style): string {
  const { sensor, ...rest } = row;
  if (fields.length > 0) return fields.map((name) => textOf(name, rest[name], style)).join('\t');
  const { ts, ...others } = rest;
  const pairs = Object.entries(others).map(([name, value]) => `${dim(`${name}=`, style)}${textOf(name, value, style)}`);
  return [textOf('ts', ts, style), printable(String(sensor)), ...pairs].join(' ');
}

function textOf(name: string, value: unknown, { utc }: Style): string {
  if (value === undefined) return '-';
  if (name === 'ts' && typeof value === 'number') {
    const date = new Date(value * 1000);
    if (!Number.isNaN(date.getTime())) return shortTime(`${date.toISOString().slice(0, -1)}000000Z`, utc, true);
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return printable(values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(','));
}

/** Why there may be no rows: they are of another time, or nobody ships them. */
function tellNothing({ coverage, data }: Answer<'logs'>, { utc }: Style): void {
  const isElsewhere = coverage.sensors.answered === 0 && data.from !== null;
  const why = isElsewhere
    ? `there is data from ${shortTime(data.from, utc)} to ${shortTime(data.to, utc)}: use --all, or --from and --to`
    : 'sensors ship rows of the logs that their key logs.ship names';
  process.stderr.write(`picket tail: no such rows in the span; ${why}\n`);
}

function tellLosses({ lost, notes }: Answer<'logs'>, { utc }: Style): void {
  for (const note of notes) process.stderr.write(`picket tail: ${printable(note)}\n`);
  if (lost.rows > 0) process.stderr.write(`picket tail: ${lost.rows} rows were given up by sensors that were behind\n`);
  for (const { sensor, from, to } of lost.spans)
    process.stderr.write(
      `picket tail: rows of ${printable(sensor)} may be lost from ${shortTime(from, utc)} to ${shortTime(to, utc)}\n`,
    );
}
