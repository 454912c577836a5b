import { expect, test } from 'vitest';
import { inheritedSockets } from './inheritedSockets.ts';
import type { Linux } from './linux.ts';

/** A system in which descriptors 20 and 21 are packet sockets and 22 is another socket. */
function fake(): { linux: Linux; marked: number[] } {
  const marked: number[] = [];
  const unused = (): number => {
    throw new Error('not called here');
  };
  const linux: Linux = {
    socket: unused,
    prctl: unused,
    capset: unused,
    setgroups: unused,
    setresgid: unused,
    setresuid: unused,
    errno: () => 0,
    fcntl(fd) {
      marked.push(fd);
      return 0;
    },
    getsockopt(fd, _level, option, value) {
      if (fd < 20 || fd > 22) return -1;
      value[0] = option === 3 ? 3 : fd === 22 ? 1 : 17;
      return 0;
    },
  };
  return { linux, marked };
}

test('takes packet sockets over, and hides them from children', () => {
  const { linux, marked } = fake();
  const env = { PICKET_FDS: '20,21', OTHER: 'x' };
  expect(inheritedSockets(env, linux)).toEqual({ ok: true, sockets: [20, 21] });
  expect(env).toEqual({ OTHER: 'x' });
  expect(marked).toEqual([20, 21]);
  expect(inheritedSockets(env, linux)).toEqual({ ok: true, sockets: [] });
});

test.each(['', '20,', '20,20', '-1', '20 21', '1e9', '22', '20,7', '9999999', `20${',21'.repeat(2000)}`])(
  'refuses %j',
  (text) => {
    const { linux, marked } = fake();
    const env = { PICKET_FDS: text };
    expect(inheritedSockets(env, linux)).toMatchObject({ ok: false });
    expect(env).toEqual({});
    expect(marked).toEqual([]);
  },
);
