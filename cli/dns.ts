import type { Answer, Estimate } from '../proto/api.ts';
import { dnsTopKinds } from '../proto/routes.ts';
import { UsageError, printable } from '../runtime/error.ts';
import { oneOf, runQuestion, withMargin } from './question.ts';
import type { QuestionCommand } from './question.ts';
import type { Parsed } from './options.ts';
import { table } from './table.ts';
import type { Column, Style } from './table.ts';
import { shortTime } from './times.ts';
import { count, octets } from './units.ts';

/** Characters of a record's data, and of a name, in a table. */
const mostData = 60;
const mostName = 64;

const usage = `picket dns NAME|ADDRESS [options]
picket dns --suffix NAME [options]
picket dns --rdata TEXT [options]
picket dns --top names|clients [options]
picket dns --client ADDRESS [NAME] | --queries NAME [options]

Passive DNS: which names led where, and when, as all sensors saw it in answers; without a span, of all time. Of an ADDRESS
what led to it, and its reverse name; --suffix also all names below. --top, --client and --queries count what was asked, of
the last hour without a span, in whole periods of the sensors.
`;
const optionsHelp = `      --suffix NAME       the name and all below it
      --rdata TEXT        what a record says: an address, a name, a text
      --type TYPE         only records of this type: A, AAAA, CNAME, TYPE65 (may be repeated)
      --cof               the Common Output Format of passive DNS: one JSON object a line
      --top WHAT          names that were asked for most, or clients that asked most
      --client ADDRESS    what a client asked, by name, type and code of the answer
      --queries NAME      who asked for a name
  -n, --limit N           rows (100; with --top 10): the newest, or those with most
`;
const examples = `  picket dns www.example.org
  picket dns 192.0.2.7 --json | jq -r '.rows[] | [.rrname, .last] | @tsv'
  picket dns --suffix example.org --type A --type AAAA --last 7d
  picket dns --suffix example.org --site oslo --cof > example.cof
  picket dns --top clients --last 24h -n 20
  picket dns --client 10.0.0.5 --from yesterday --to today
  picket dns --queries www.example.org --last 2h --ndjson
`;
const options = {
  suffix: { type: 'string' },
  rdata: { type: 'string' },
  type: { type: 'string', multiple: true },
  cof: { type: 'boolean' },
  top: { type: 'string' },
  client: { type: 'string' },
  queries: { type: 'string' },
  limit: { type: 'string', short: 'n' },
} as const;
const common = { called: 'dns', usage, options, optionsHelp, examples };

const search: QuestionCommand<'dns'> = {
  name: 'dns',
  isAlone: true,
  ...common,
  read(read) {
    refuseOthers(read, ['suffix', 'rdata', 'type', 'cof']);
    const [word, ...more] = read.positionals;
    const [suffix, rdata] = [read.text('suffix'), read.text('rdata')];
    const [q, ...others] = [word, suffix, rdata].filter((text) => text !== undefined);
    if (q === undefined) throw new UsageError('which name or address? picket dns www.example.org; --help shows more');
    if (more.length > 0 || others.length > 0) throw new UsageError('one name or address at a time');
    if (read.flag('cof') && (read.flag('json') || read.flag('ndjson')))
      throw new UsageError('--cof, --json or --ndjson, not two of them');
    const type = read.texts('type');
    return {
      q,
      ...(suffix === undefined ? {} : { by: 'suffix' }),
      ...(rdata === undefined ? {} : { by: 'data' }),
      ...(type.length === 0 ? {} : { type }),
      ...limitOf(read, 10_000),
    };
  },
  rows: ({ rows }) => rows,
  print: printPairs,
  lines: (answer, read) => (read.flag('cof') ? answer.rows.map(cofOf) : undefined),
};

const top: QuestionCommand<'dnsTop'> = {
  name: 'dnsTop',
  isAlone: true,
  ...common,
  read(read) {
    refuseOthers(read, ['top']);
    if (read.positionals.length > 0) throw new UsageError('--top stands without a name');
    return { what: oneOf(read.text('top'), dnsTopKinds, '--top'), ...limitOf(read, 1000) };
  },
  rows: ({ rows }) => rows,
  print: printTop,
};

const queries: QuestionCommand<'dnsQueries'> = {
  name: 'dnsQueries',
  isAlone: true,
  ...common,
  read(read) {
    refuseOthers(read, ['client', 'queries']);
    const [client, name] = [read.text('client'), read.text('queries') ?? read.positionals[0]];
    if (read.positionals.length > (read.text('queries') === undefined ? 1 : 0))
      throw new UsageError('one name at a time');
    return {
      ...(client === undefined ? {} : { client }),
      ...(name === undefined ? {} : { name }),
      ...limitOf(read, 1000),
    };
  },
  rows: ({ rows }) => rows,
  print: printQueries,
};

/** `picket dns`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const has = (name: string): boolean => args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (has('top')) return await runQuestion(top, args);
  if (has('client') || has('queries')) return await runQuestion(queries, args);
  return await runQuestion(search, args);
}

/** Options of another form of the question would be passed over. */
function refuseOthers(read: Parsed, own: readonly string[]): void {
  for (const name of Object.keys(options))
    if (name !== 'limit' && !own.includes(name) && (read.texts(name).length > 0 || read.flag(name)))
      throw new UsageError(`--${name} does not go with --${own[0] ?? ''}`);
}

function limitOf(read: Parsed, most: number): { limit?: string } {
  const limit = read.text('limit');
  if (limit === undefined) return {};
  if (!/^[1-9]\d{0,4}$/.test(limit) || Number(limit) > most)
    throw new UsageError(`--limit ${limit}: not a whole number from 1 to ${most}`);
  return { limit };
}

function cofOf({ rrname, rrtype, rdata, first, last, count: n, sensors }: Answer<'dns'>['rows'][number]): object {
  const seconds = (time: string | null): number => Math.floor(Date.parse(time ?? '') / 1000);
  return {
    rrname,
    rrtype,
    rdata,
    time_first: seconds(first),
    time_last: seconds(last),
    count: n,
    sensor_id: sensors.join(','),
  };
}

function printPairs({ rows }: Answer<'dns'>, style: Style): string {
  if (rows.length === 0) return 'never seen\n';
  const columns: Column[] = [
    { head: 'NAME' },
    { head: 'TYPE' },
    { head: 'DATA' },
    { head: 'FIRST' },
    { head: 'LAST' },
    { head: 'COUNT', right: true },
    { head: 'TTL', right: true },
    { head: 'SITES' },
  ];
  const cells = rows.map((row) => [
    printable(row.rrname),
    printable(row.rrtype),
    clipped(printable(row.rdata)),
    shortTime(row.first, style.utc),
    shortTime(row.last, style.utc),
    count(row.count),
    row.ttlMin === row.ttlMax ? String(row.ttlMin) : `${row.ttlMin}-${row.ttlMax}`,
    row.sites.map(printable).join(' '),
  ]);
  return table(columns, cells, style);
}

function printTop({ query, rows, total }: Answer<'dnsTop'>, style: Style): string {
  const isNames = query['what'] === 'names';
  const hasNames = rows.some(({ name }) => typeof name === 'string');
  const columns: Column[] = [
    { head: '', right: true },
    { head: isNames ? 'NAME' : 'CLIENT' },
    ...(hasNames ? [{ head: 'NAME' }] : []),
    { head: 'QUERIES', right: true },
    { head: 'NXDOMAIN', right: true },
    { head: isNames ? 'CLIENTS' : 'NAMES' },
  ];
  const cells = rows.map((row, at) => [
    String(at + 1),
    shortened(named(row.key)),
    ...(hasNames ? [printable(row.name ?? '')] : []),
    count(row.count),
    row.count === 0 ? '' : `${((100 * row.nxdomain) / row.count).toFixed(1)} %`,
    about(row.clients ?? row.names),
  ]);
  const list = rows.length === 0 ? 'nothing was asked\n' : table(columns, cells, style);
  return `${list}${tellTotal(total)}`;
}

function printQueries({ rows, total }: Answer<'dnsQueries'>, style: Style): string {
  const columns: Column[] = [
    { head: 'CLIENT' },
    { head: 'NAME' },
    { head: 'TYPE' },
    { head: 'ANSWER' },
    { head: 'QUERIES', right: true },
    { head: 'HALF WITHIN', right: true },
  ];
  const cells = rows.map((row) => [
    printable(row.client),
    shortened(named(row.name)),
    printable(row.qtype),
    printable(row.rcode ?? 'none'),
    count(row.count),
    row.rtt.p50 === null ? '' : `${(1000 * row.rtt.p50).toPrecision(3)} ms`,
  ]);
  const list = rows.length === 0 ? 'nothing was asked\n' : table(columns, cells, style);
  return `${list}${tellTotal(total)}`;
}

function tellTotal({ queries: all, names, clients, unlisted, shed, encrypted }: Answer<'dnsTop'>['total']): string {
  const lines = [`${count(all)} queries in all, for ${withMargin(names)} names, by ${withMargin(clients)} clients`];
  if (unlisted > 0) lines.push(`${count(unlisted)} of them are in no row`);
  if (shed > 0) lines.push(`${count(shed)} of them could not be followed: counts may be too low by these`);
  const seen = Object.entries(encrypted).filter(([, { flows }]) => flows > 0);
  if (seen.length > 0)
    lines.push(
      `encrypted, and not looked into: ${seen.map(([kind, of]) => `${kind} ${count(of.flows)} flows, ${octets(of.octets)}`).join('; ')}`,
    );
  return lines.map((line) => `${line}\n`).join('');
}

/** The root has no labels. */
function named(name: string): string {
  return name === '' ? '.' : printable(name);
}

/** Long names would do the same: their first and last labels stay. */
function shortened(name: string): string {
  return name.length > mostName ? `${name.slice(0, mostName - 43)}...${name.slice(-40)}` : name;
}

/** Keys and signatures would push all else out of sight; `--json` has them whole. */
function clipped(text: string): string {
  return text.length > mostData ? `${text.slice(0, mostData - 3)}...` : text;
}

function about(estimate: Estimate | undefined): string {
  return estimate === undefined ? '' : withMargin(estimate);
}
