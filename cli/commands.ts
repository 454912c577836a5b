/** A subcommand: answers with the exit status. Throws what the dispatcher prints as one line. */
export type Run = (args: readonly string[]) => Promise<number>;

interface Command {
  say: string;
  load: () => Promise<{ run: Run }>;
}

/** All subcommands. Nothing of them is loaded before it is called, so that help is there at once. */
const commands: Readonly<Record<string, Command>> = {
  read: {
    say: 'what is in capture files: counts, flows, distinct hosts, top talkers',
    load: () => import('./read.ts'),
  },
  start: { say: 'manager and sensor together, for a first look', load: () => import('./start.ts') },
  demo: { say: 'a manager and three sites with made-up traffic: what merging is', load: () => import('./demo.ts') },
  manager: { say: 'run the manager: takes in summaries, answers questions', load: () => import('./manager.ts') },
  sensor: { say: 'run a sensor on interfaces, or replay capture files', load: () => import('./sensor.ts') },
  distinct: { say: 'how many different hosts, pairs, flows ... all sensors saw', load: () => import('./distinct.ts') },
  sketch: { say: 'build, merge and show sketches as Spark and Druid read them', load: () => import('./sketch.ts') },
  sensors: { say: 'the sensors, with lag and loss', load: () => import('./sensors.ts') },
  top: { say: 'hosts, sources, destinations, pairs, services with most', load: () => import('./top.ts') },
  series: { say: 'packets, octets, hosts ... in each step of a span', load: () => import('./series.ts') },
  quantiles: { say: 'how sizes, durations, handshakes are spread', load: () => import('./quantiles.ts') },
  point: { say: 'what one address did: how much, where, when', load: () => import('./point.ts') },
  http: { say: 'answers of HTTP by status and client or server', load: () => import('./http.ts') },
  dns: { say: 'passive DNS: which names led where; who asked what', load: () => import('./dns.ts') },
  total: { say: 'packets and octets, added up or counted once', load: () => import('./total.ts') },
  tail: { say: 'the newest rows of a log, and those that come', load: () => import('./tail.ts') },
  overlap: { say: 'hosts and octets that two sites both saw', load: () => import('./overlap.ts') },
};

/** Runs `picket ARGS...`; answers with the exit status: 0 done, 1 failed, 2 called wrongly, 3 partial. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process[name === undefined ? 'stderr' : 'stdout'].write(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    const { packageVersion } = await import('../runtime/packageVersion.ts');
    process.stdout.write(`picket ${packageVersion()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const { nearest } = await import('../runtime/nearest.ts');
    const { printable } = await import('../runtime/error.ts');
    const near = nearest(name, Object.keys(commands));
    const hint = near === undefined ? 'picket --help lists the commands' : `did you mean picket ${near}?`;
    process.stderr.write(`picket: ${printable(name.slice(0, 100))}: unknown command; ${hint}\n`);
    return 2;
  }
  // Who reads our output may go before we are done (`| head`): that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  try {
    const { run } = await command.load();
    return await run(rest);
  } catch (error) {
    const { AppError, describeError } = await import('../runtime/error.ts');
    process.stderr.write(`picket ${name}: ${describeError(error)}\n`);
    return error instanceof AppError ? statusOf(error.code) : 1;
  }
}

function statusOf(code: string): number {
  if (code === 'capture.damaged') return 3;
  return /^(usage|filter\.syntax|config\.|listen\.(address|refused|path))/.test(code) ? 2 : 1;
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { say }]) => `  ${name.padEnd(10)} ${say}`);
  return `picket COMMAND [options]

${lines.join('\n')}

picket COMMAND --help tells more. Exit status: 0 done, 1 failed, 2 called wrongly, 3 partial.
`;
}
