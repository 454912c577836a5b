import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import type { Answer } from '../../proto/api.ts';
import { linkBench, part, start } from './linkBench.ts';

const { makeLink, run, inDirectory } = linkBench();
const launcher = join(import.meta.dirname, '../../cli/picket');

/** Starts a manager as a process of its own; resolves when it is ready. */
async function spawnManager(socket: string): Promise<ChildProcess> {
  const args = ['manager', '--state', inDirectory('killed'), '--listen-people', '127.0.0.1:0'];
  const manager = spawn(launcher, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PICKET_SOCKET: socket, PICKET_LOG_LEVEL: 'error' },
  });
  await new Promise((resolve) => manager.stdout.once('data', resolve));
  return manager;
}

function kill(manager: ChildProcess): Promise<unknown> {
  const gone = new Promise((resolve) => manager.once('exit', resolve));
  manager.kill('SIGKILL');
  return gone;
}

test('a manager that is killed in the middle, again and again, loses nothing that it acknowledged and stores nothing twice', async () => {
  const socket = inDirectory('m.sock');
  const { link, metrics } = makeLink(`unix:${socket}`);
  await run(link);
  const acknowledged = (): number =>
    metrics.read().find(({ name }) => name === 'link_acknowledged_messages')?.value ?? 0;
  const rounds = 4;
  const each = 400;
  let manager = await spawnManager(socket);
  try {
    for (let round = 0; round < rounds; round++) {
      const offered = Array.from({ length: each }, (_, i) => link.offer(part(start + 10 * (round * each + i))));
      const before = acknowledged();
      // Killed when it has acknowledged some of the round: the others are under way or in the spool.
      while (acknowledged() < before + each / 8) await new Promise((resolve) => void setImmediate(resolve));
      await kill(manager);
      await Promise.all(offered);
      manager = await spawnManager(socket);
    }
    await link.drained();
    const scope = { from: String(start), to: String(start + 10 * rounds * each) };
    const { coverage } = await ask<Answer<'distinct'>>([{ kind: 'unix', path: socket }], 'distinct', {
      what: 'hosts',
      ...scope,
    });
    expect(coverage.packets.seen).toBe(10 * rounds * each);
    expect(coverage.seconds).toEqual({ expected: 10 * rounds * each, present: 10 * rounds * each });
  } finally {
    await kill(manager);
  }
});
