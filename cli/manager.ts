import { systemClock } from '../runtime/clock.ts';
import { dumpConfig, loadConfig } from '../runtime/config.ts';
import { UsageError } from '../runtime/error.ts';
import { endOnSignals } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { defaultConfigFile } from '../runtime/paths.ts';
import { linkPath } from '../proto/link.ts';
import { parseOptions } from './options.ts';

const help = `picket manager [options]

Runs the manager: takes in what sensors ship, keeps it, answers questions. Prints one line of JSON when it is ready.
Until there are identities it listens on this host alone: a Unix socket and a loopback port.

  -c, --config FILE             configuration (default ${defaultConfigFile('manager')})
      --state DIR               where it keeps its state
      --listen-people ADDR:PORT loopback address and port for people (default 127.0.0.1:8480; a taken port gives way)
      --check                   only check the configuration
      --dump                    print the configuration in effect
  -h, --help                    this text

Examples:
  picket manager --state ./state
  picket manager --config manager.yaml --check
`;

/** `picket manager`: answers with the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    args,
    {
      config: { type: 'string', short: 'c' },
      state: { type: 'string' },
      'listen-people': { type: 'string' },
      check: { type: 'boolean' },
      dump: { type: 'boolean' },
    },
    'manager',
  );
  if (options.flag('help')) {
    process.stdout.write(help);
    return 0;
  }
  if (options.positionals.length > 0)
    throw new UsageError(`${options.positionals[0]}: not expected; picket manager --help shows how`);
  const { createManager, managerConfig } = await import('../manager/main.ts');
  const declaration = managerConfig();
  const file = options.text('config');
  const config = await loadConfig(declaration, {
    ...(file === undefined ? { defaultFile: defaultConfigFile('manager') } : { file }),
    environment: process.env,
    flags: { stateDir: options.text('state'), listenPeople: options.text('listen-people') },
  });
  if (options.flag('dump')) process.stdout.write(dumpConfig(declaration, config));
  if (options.flag('check') || options.flag('dump')) return 0;
  const clock = systemClock();
  const log = createLogger({
    name: 'manager',
    level: config.logLevel,
    clock,
    write: (line) => process.stderr.write(line),
  });
  const manager = createManager(config, { clock, log });
  const release = endOnSignals(manager);
  try {
    await manager.start();
    const people = manager.people();
    process.stdout.write(
      `${JSON.stringify({ ready: true, sensors: `${people.replace('http', 'ws')}${linkPath}`, people, socket: manager.socket })}\n`,
    );
    await manager.finished;
  } finally {
    release();
  }
  return 0;
}
