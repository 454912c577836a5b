import { readFile, stat, writeFile } from 'node:fs/promises';
import type { AnySketch, ItemName } from '../core/sketch/exchange/anySketch.ts';
import { decodeAny, encodeAny, itemKinds, uniteAll } from '../core/sketch/exchange/anySketch.ts';
import { Refusal } from '../core/sketch/refusal.ts';
import { writeFileAtomic } from '../runtime/atomicFile.ts';
import { AppError, UsageError, printable } from '../runtime/error.ts';
import { type Parsed, parseOptions } from './options.ts';
import { buildHll } from './sketchInput.ts';
import { describeSketch, factsOf } from './sketchText.ts';

const help = `picket sketch build hll [--longs] [--lg-k N] -o FILE   make a sketch of the lines on standard input
picket sketch merge FILE... -o FILE                    several sketches as one
picket sketch show FILE [--json]                       what is in a sketch

Sketches in the forms of Apache DataSketches: what a sensor ships, Spark, Druid and BigQuery can read, and so can you.
"build" counts different lines: strings in UTF-8 (empty ones are left out), or with --longs whole numbers of 64 bits.
"merge" and "show" read HLL, KLL and frequent items. HLL sketches of different lgK merge to the least of them.

  -o, --output FILE  where to write; - is standard output
  --longs            each line is a whole number of 64 bits
  --lg-k N           log2 of the registers of a new sketch, 4 to 21 (12)
  --items KIND       of what KLL or frequent items are, where it can't be told: ${itemKinds.join(' ')}
  --json             one JSON object

Examples:
  cut -d, -f3 visits.csv | picket sketch build hll -o visitors.sk
  seq 1 100000 | picket sketch build hll --longs -o numbers.sk
  picket sketch merge monday.sk tuesday.sk -o both.sk && picket sketch show both.sk --json | jq .estimate
`;

/** Larger files are not read: the largest sketch there is has some 2 MiB. */
const MAX_BYTES = 64 * 2 ** 20;

/** `picket sketch`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    args,
    {
      output: { type: 'string', short: 'o' },
      longs: { type: 'boolean' },
      'lg-k': { type: 'string' },
      items: { type: 'string' },
      json: { type: 'boolean' },
    },
    'sketch',
  );
  if (options.flag('help')) {
    process.stdout.write(help);
    return 0;
  }
  const [verb, ...names] = options.positionals;
  if (verb === 'build') return build(names, options);
  if (verb === 'merge') return merge(names, options);
  if (verb === 'show') return show(names, options);
  throw new UsageError(`${verb === undefined ? 'do what?' : `${printable(verb)}: not known;`} build, merge or show`);
}

async function build(names: readonly string[], options: Parsed): Promise<number> {
  const [family, ...more] = names;
  refuseOptions(options, 'build', ['items', 'json']);
  if (family !== 'hll') throw new UsageError(`build what? picket sketch build hll -o FILE`);
  if (more.length > 0) throw new UsageError('items are read from standard input, one a line');
  const lgK = Number(options.text('lg-k') ?? 12);
  if (!(Number.isInteger(lgK) && lgK >= 4 && lgK <= 21)) throw new UsageError('--lg-k is a whole number from 4 to 21');
  const output = outputOf(options);
  const sketch = await buildHll(process.stdin, { lgK, longs: options.flag('longs') });
  await write(output, { family: 'hll', items: 'hashes', sketch });
  return 0;
}

async function merge(names: readonly string[], options: Parsed): Promise<number> {
  refuseOptions(options, 'merge', ['longs', 'lg-k', 'json']);
  if (names.length === 0) throw new UsageError('merge which files?');
  const output = outputOf(options);
  const [first, ...others] = names as readonly [string, ...string[]];
  const all: [AnySketch, ...AnySketch[]] = [await read(first, options)];
  for (const name of others) all.push(await read(name, options));
  const union = uniteAll(all);
  if (union instanceof Refusal) throw new AppError('sketch.mixed', union.reason);
  await write(output, union);
  return 0;
}

async function show(names: readonly string[], options: Parsed): Promise<number> {
  refuseOptions(options, 'show', ['longs', 'lg-k', 'output']);
  const [name, ...more] = names;
  if (name === undefined) throw new UsageError('show which file?');
  if (more.length > 0) throw new UsageError('one file is shown at a time');
  const facts = factsOf(await read(name, options));
  process.stdout.write(options.flag('json') ? `${JSON.stringify(facts)}\n` : describeSketch(facts));
  return 0;
}

function refuseOptions(options: Parsed, verb: string, names: readonly string[]): void {
  const given = names.find((name) => options.flag(name) || options.text(name) !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} has no meaning for picket sketch ${verb}`);
}

function outputOf(options: Parsed): string {
  const output = options.text('output');
  if (output === undefined || output === '') throw new UsageError('-o FILE says where to write');
  return output;
}

async function read(name: string, options: Parsed): Promise<AnySketch> {
  const items = options.text('items');
  if (items !== undefined && !(itemKinds as readonly string[]).includes(items)) {
    throw new UsageError(`--items is one of ${itemKinds.join(' ')}`);
  }
  let bytes: Uint8Array;
  try {
    const { size } = await stat(name);
    if (size > MAX_BYTES) throw new RangeError(`${size} bytes`);
    bytes = await readFile(name);
  } catch (cause) {
    throw new AppError('sketch.file', `${printable(name)} can't be read`, { cause });
  }
  const sketch = decodeAny(bytes, items as ItemName | undefined);
  if (sketch instanceof Refusal) throw new AppError('sketch.damaged', `${printable(name)}: ${sketch.toString()}`);
  return sketch;
}

async function write(output: string, sketch: AnySketch): Promise<void> {
  const bytes = encodeAny(sketch);
  if (output === '-') {
    await new Promise<void>((resolve) => process.stdout.write(bytes, () => resolve()));
    return;
  }
  try {
    // A device or a pipe is written to; what is renamed over it would take its place.
    const there = await stat(output).catch(() => undefined);
    if (there === undefined || there.isFile()) await writeFileAtomic(output, bytes, 0o666 & ~process.umask());
    else await writeFile(output, bytes);
  } catch (cause) {
    throw new AppError('sketch.file', `${printable(output)} can't be written`, { cause });
  }
}
