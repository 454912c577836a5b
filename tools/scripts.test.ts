import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** A checkout of nothing but the scripts, and a folder of commands that stands first, or alone, in PATH. */
let checkout = '';
let commands = '';

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'picket-scripts-'));
  commands = join(checkout, 'commands');
  for (const folder of ['tools', 'commands']) mkdirSync(join(checkout, folder));
  for (const script of ['with-node', 'setup']) {
    copyFileSync(join(import.meta.dirname, script), join(checkout, 'tools', script));
  }
  writeFileSync(join(checkout, 'package-lock.json'), '{}');
});
afterEach(() => rmSync(checkout, { recursive: true }));

function command(name: string, script: string): void {
  writeFileSync(join(commands, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(commands, name), 0o755);
}

/** The system's own command, where PATH has nothing else. */
function real(...names: string[]): void {
  for (const name of names) {
    const place = ['/bin', '/usr/bin'].find((folder) => existsSync(join(folder, name)));
    if (place !== undefined) symlinkSync(join(place, name), join(commands, name));
  }
}

async function run(script: string, args: string[], path = `${commands}:${process.env['PATH']}`) {
  const child = spawn('/bin/sh', [join(checkout, 'tools', script), ...args], { env: { PATH: path } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const status = await new Promise((done) => child.on('close', done));
  return { status, out, err };
}

/** An npm that notes that it was called, and "installs" a runtime that says so. */
function workingNpm(): void {
  command(
    'npm',
    `echo "$@" >>${checkout}/npm.log
    for cpu in x64 arm64; do
      mkdir -p node_modules/node-linux-$cpu/bin
      printf '#!/bin/sh\\necho "runtime $*"\\n' >node_modules/node-linux-$cpu/bin/node
      chmod +x node_modules/node-linux-$cpu/bin/node
    done`,
  );
}

describe('with-node', () => {
  test('installs once, then runs commands with the runtime that was installed', async () => {
    workingNpm();
    expect(await run('with-node', ['node', 'x'])).toMatchObject({ status: 0, out: 'runtime x\n' });
    expect(await run('with-node', ['node', 'y'])).toEqual({ status: 0, out: 'runtime y\n', err: '' });
    expect(readFileSync(join(checkout, 'npm.log'), 'utf8')).toMatch(/^ci .*--include=dev.*\n$/);
  });

  test('of two first commands at once one installs and both run', async () => {
    workingNpm();
    const both = await Promise.all([run('with-node', ['node', 'a']), run('with-node', ['node', 'b'])]);
    expect(both.map(({ out }) => out)).toEqual(['runtime a\n', 'runtime b\n']);
    expect(readFileSync(join(checkout, 'npm.log'), 'utf8').split('\n')).toHaveLength(2);
  });

  test('a changed lock file means another installation', async () => {
    workingNpm();
    await run('with-node', ['node']);
    writeFileSync(join(checkout, 'package-lock.json'), '{ "changed": true }');
    await run('with-node', ['node']);
    expect(readFileSync(join(checkout, 'npm.log'), 'utf8').split('\n')).toHaveLength(3);
  });

  test('a failed installation is said, and tried again the next time', async () => {
    command('npm', 'exit 1');
    const failed = await run('with-node', ['node']);
    expect(failed.status).toBe(1);
    expect(failed.err).toContain('picket: npm ci failed');
    workingNpm();
    expect(await run('with-node', ['node', 'x'])).toMatchObject({ status: 0, out: 'runtime x\n' });
  });

  test('without npm it says what is missing', async () => {
    real('uname', 'dirname', 'cmp');
    const { status, err } = await run('with-node', ['node'], commands);
    expect(status).toBe(1);
    expect(err).toMatch(/^picket: npm is not installed.*\n$/);
  });

  test('a command that nobody has is named', async () => {
    workingNpm();
    const { status, err } = await run('with-node', ['no-such-command-here']);
    expect(status).toBe(1);
    expect(err.trim().split('\n').at(-1)).toMatch(/^picket: no-such-command-here: no such command/);
  });
});

describe('setup', () => {
  // zstd stands in for whatever is missing: nothing else in its list is a command of this name in /usr/sbin.
  const missing = (args: string[]) => run('setup', args, commands);

  test('as a plain user it says what to install, in one line, and goes on', async () => {
    command('id', 'echo 1000');
    const { status, err } = await missing(['full']);
    expect(status).toBe(0);
    expect(err).toMatch(/^picket: going on without:.* zstd \(Debian: apt-get install .* zstd\)\n$/);
  });

  test('as root it installs what is missing, after fetching the list of packages', async () => {
    command('id', 'echo 0');
    command('apt-get', `echo "$DEBIAN_FRONTEND $*" >>${checkout}/apt.log`);
    real('mktemp', 'rm', 'grep');
    const { status, err } = await missing(['full']);
    expect(status).toBe(0);
    expect(err).toMatch(/^picket: installing from the system's packages:.* zstd\n$/);
    const [update, install] = readFileSync(join(checkout, 'apt.log'), 'utf8').split('\n');
    expect(update).toMatch(/^noninteractive .* update$/);
    expect(install).toMatch(/install -y --no-install-recommends .*zstd$/);
  });

  test('when installing fails it says why and goes on', async () => {
    command('id', 'echo 0');
    command('apt-get', 'echo "E: Could not resolve the host"; exit 100');
    real('mktemp', 'rm', 'grep');
    const { status, err } = await missing(['full']);
    expect(status).toBe(0);
    expect(err).toContain('apt-get update failed (E: Could not resolve the host), going on without');
  });

  test('an unknown tier is wrong usage', async () => {
    expect((await missing(['everything'])).status).toBe(2);
  });
});
