import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { capabilitySets } from '../../sensor/privilege/capabilities.ts';
import { unreachable } from '../../sensor/privilege/reach.ts';
import { needNamespaces, send } from '../support/live.ts';
import { createPair, inside, namespacesMissing } from '../support/namespaces.ts';
import type { NamespacePair } from '../support/namespaces.ts';

const probe = fileURLToPath(new URL('../support/privilegeProbe.ts', import.meta.url));
const nobody = 65_534;
const serviceUser = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

let pair: NamespacePair;
beforeAll(() => {
  if (namespacesMissing() === undefined) pair = createPair('priv');
});
beforeEach(needNamespaces);
afterAll(() => pair?.remove());

interface Report {
  pid: number;
  uid: number;
  state?: string;
  seen?: number;
  variable: string | null;
  sockets: number;
  another: string;
}

function start(...command: string[]): {
  child: ChildProcess;
  report: () => Promise<Report>;
  stop: () => Promise<void>;
} {
  const child = spawn('ip', ['netns', 'exec', pair.b, ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async report() {
      const line = await lines.next();
      if (line.done === true) throw new Error('the probe ended early');
      return JSON.parse(line.value) as Report;
    },
    async stop() {
      const ended = once(child, 'close');
      child.stdin.end();
      expect((await ended)[0]).toBe(0);
    },
  };
}

async function capturesWithoutPrivileges(command: string[], uid: number): Promise<{ bounding: bigint }> {
  const running = start(...command);
  try {
    const first = await running.report();
    expect(first).toMatchObject({ state: 'up', uid, variable: null, sockets: 2 });
    expect(first.another).toContain('no right to capture');
    expect(first.pid).toBe(running.child.pid);
    expect(inside(pair.b, 'ip', '-d', 'link', 'show', 'vb')).toContain('promiscuity 1');
    expect(await send(pair.a, { interface: 'va', count: 1000, rate: 20_000 })).toBe(1000);
    expect((await running.report()).seen).toBe(1000);
    const threads = capabilitySets(first.pid);
    expect(threads.length).toBeGreaterThan(5);
    for (const { permitted, effective, ambient, noNewPrivileges } of threads) {
      expect({ permitted, effective, ambient, noNewPrivileges }).toEqual({
        permitted: 0n,
        effective: 0n,
        ambient: 0n,
        noNewPrivileges: true,
      });
    }
    return { bounding: threads.reduce((all, thread) => all | thread.bounding | thread.inheritable, 0n) };
  } finally {
    await running.stop();
  }
}

test('root captures with no capability in any thread', async () => {
  const { bounding } = await capturesWithoutPrivileges([process.execPath, probe, 'vb', '1000'], 0);
  expect(bounding).toBe(0n);
});

test('root becomes another user', async (context) => {
  const why = unreachable({ uid: nobody, gid: nobody }, [process.execPath, probe], []);
  if (why !== undefined) context.skip(why);
  await capturesWithoutPrivileges([process.execPath, probe, 'vb', '1000', String(nobody)], nobody);
});

test('a service user with the ambient capability gives it up', async (context) => {
  const why = unreachable({ uid: nobody, gid: nobody }, [process.execPath, probe], []);
  if (why !== undefined) context.skip(why);
  const ambient = ['--inh-caps=+net_raw', '--ambient-caps=+net_raw'];
  await capturesWithoutPrivileges([...serviceUser, ...ambient, process.execPath, probe, 'vb', '1000'], nobody);
});

test('without the right to capture there is one line with the way out', async (context) => {
  const why = unreachable({ uid: nobody, gid: nobody }, [process.execPath, probe], []);
  if (why !== undefined) context.skip(why);
  const child = spawn(serviceUser[0]!, [...serviceUser.slice(1), process.execPath, probe, 'lo', '1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  expect((await once(child, 'close'))[0]).toBe(1);
  expect(errors).toMatch(/^no right to capture: [^\n]*sudo[^\n]*\n$/);
});

test('a user that could not read the program is not become', async () => {
  expect(unreachable({ uid: nobody, gid: nobody }, ['/root/none'], [])).toContain('/root/none');
  const child = spawn(process.execPath, ['--input-type=module', '-e', refusal()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  await once(child, 'close');
  expect(JSON.parse(out)).toEqual({ ok: false, gone: false, why: `user ${nobody} can't read /proc/1/environ` });
});

function refusal(): string {
  const module = new URL('../../sensor/privilege/start.ts', import.meta.url).href;
  return `
    import { startWithoutPrivileges } from '${module}';
    const refused = startWithoutPrivileges({
      sockets: 1, command: [], env: {}, dropUser: { uid: ${nobody}, gid: ${nobody} }, files: ['/proc/1/environ'],
    });
    process.stdout.write(JSON.stringify(refused));`;
}
