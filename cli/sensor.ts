import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dumpConfig, loadConfig } from '../runtime/config.ts';
import { AppError, UsageError } from '../runtime/error.ts';
import { defaultConfigFile, defaultSocket } from '../runtime/paths.ts';
import type { SensorOptions } from '../sensor/config.ts';
import { firstAnswering, managerPlaces } from './client.ts';
import { parseOptions } from './options.ts';

const help = `picket sensor [options]
picket sensor --replay FILE... [options]

Runs a sensor on interfaces, or replays capture files: ships their windows with the packets' own times, and ends when
the manager has acknowledged all of them.

  -c, --config FILE    configuration (default ${defaultConfigFile('sensor')})
  -i, --interface NAME interface of the tap (may be repeated; default: that of the default route)
      --manager URL    unix:PATH or http://127.0.0.1:PORT; a replay without one looks for a manager of this host
      --site S         name of the place
      --name N         name of the sensor
      --state DIR      where it keeps its state; a replay without one keeps it for its own time only
      --replay FILE    capture file (may be repeated; more files may follow)
      --speed max|N    speed of a replay: as fast as it goes, or N times the packets' own time (default max)
      --check          only check the configuration
      --dump           print the configuration in effect
  -h, --help           this text

Examples:
  picket sensor --interface eth0
  picket sensor --replay day1.pcap day2.pcap.gz --site oslo --name archive
  picket sensor --config sensor.yaml --check
`;

/** Time that a replay gives a manager that does not answer. */
const awaySeconds = 10;

/** Carries the configuration over to the process that the sensor becomes when it has given up its privileges. */
const carriedVariable = 'PICKET_CARRIED_CONFIG';

/** `picket sensor`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    args,
    {
      config: { type: 'string', short: 'c' },
      interface: { type: 'string', short: 'i', multiple: true },
      manager: { type: 'string' },
      site: { type: 'string' },
      name: { type: 'string' },
      state: { type: 'string' },
      replay: { type: 'string', multiple: true },
      speed: { type: 'string' },
      check: { type: 'boolean' },
      dump: { type: 'boolean' },
    },
    'sensor',
  );
  if (options.flag('help')) {
    process.stdout.write(help);
    return 0;
  }
  const replayed = options.texts('replay');
  if (replayed.length === 0 && options.positionals.length > 0) {
    throw new UsageError(`${options.positionals[0]}: not expected; files follow --replay`);
  }
  const speed = parseSpeed(options.text('speed'), replayed.length > 0);
  const interfaces = options.texts('interface');
  const { runSensor, sensorConfig } = await import('../sensor/main.ts');
  const declaration = sensorConfig();
  const file = options.text('config');
  // Started anew without privileges, it may be another user, with other usual places and no right to read the file.
  const before = process.env[carriedVariable];
  delete process.env[carriedVariable];
  const config =
    before !== undefined
      ? declaration.schema.parse(JSON.parse(before))
      : await loadConfig(declaration, {
          ...(file === undefined ? { defaultFile: defaultConfigFile('sensor') } : { file }),
          environment: process.env,
          flags: {
            interfaces: interfaces.length === 0 ? undefined : interfaces,
            manager: options.text('manager'),
            site: options.text('site'),
            name: options.text('name'),
            stateDir: options.text('state'),
          },
        });
  if (options.flag('dump')) process.stdout.write(dumpConfig(declaration, config));
  if (options.flag('check') || options.flag('dump')) return 0;
  const say = (line: string): void => void process.stderr.write(`picket sensor: ${line}\n`);
  if (replayed.length === 0) {
    process.env[carriedVariable] = JSON.stringify(config);
    await runSensor({ config, say });
    return 0;
  }
  const replay: SensorOptions['replay'] = { files: [...replayed, ...options.positionals], speed };
  const isNamed = (options.text('manager') ?? process.env['PICKET_MANAGER'] ?? file) !== undefined;
  const isUsual = config.manager === `unix:${defaultSocket()}`;
  const manager = await findManager(isNamed || !isUsual ? config.manager : undefined);
  // A replay has a stream of its own: it must not take the spool of a sensor that runs here.
  const own = options.text('state') === undefined ? await mkdtemp(join(tmpdir(), 'picket-replay-')) : undefined;
  try {
    await runSensor({ config: { ...config, manager, stateDir: own ?? config.stateDir }, replay, say });
  } finally {
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  }
  return 0;
}

/** A manager that answers: a replay to nobody would wait without an end. One that is just starting is waited for. */
async function findManager(named: string | undefined): Promise<string> {
  const places = managerPlaces(named);
  for (let tries = 0; ; tries++) {
    try {
      return await firstAnswering(places);
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'manager.away';
      if (!isAway || tries >= awaySeconds) throw error;
      await new Promise<void>((resolve) => void setTimeout(resolve, 1000));
    }
  }
}

function parseSpeed(text: string | undefined, isReplay: boolean): number | 'max' {
  if (text === undefined || text === 'max') return 'max';
  if (!isReplay) throw new UsageError('--speed is for --replay');
  const value = Number(text);
  if (!(value > 0 && value <= 1e6)) throw new UsageError(`--speed ${text}: max, or a number above 0`);
  return value;
}
