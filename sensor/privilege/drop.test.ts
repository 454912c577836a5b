import { expect, test } from 'vitest';
import { dropPrivileges } from './drop.ts';
import type { Linux } from './linux.ts';
import { openSockets } from './openSockets.ts';

/** Notes every call; those named in `failing` fail with an error number. */
function recorder(failing: Record<string, number> = {}): { linux: Linux; calls: string[] } {
  const calls: string[] = [];
  let last = 0;
  const answer = (name: string): number => {
    calls.push(name);
    last = failing[name] ?? 0;
    return last === 0 ? 0 : -1;
  };
  const linux: Linux = {
    socket: () => answer('socket'),
    getsockopt: () => answer('getsockopt'),
    fcntl: () => answer('fcntl'),
    prctl: (option) => answer(`prctl ${option}`),
    capset: () => answer('capset'),
    setgroups: () => answer('setgroups'),
    setresgid: () => answer('setresgid'),
    setresuid: () => answer('setresuid'),
    errno: () => last,
  };
  return { linux, calls };
}

const EPERM = 1;
const user = { uid: 1000, gid: 1000 };

test('groups go before the user, and no_new_privs is always set', () => {
  const { linux, calls } = recorder();
  expect(dropPrivileges(linux, user)).toBeUndefined();
  const order = calls.filter((call) => !/prctl (24|28)/.test(call));
  expect(order).toEqual(['setgroups', 'setresgid', 'setresuid', 'prctl 47', 'prctl 38', 'capset']);
});

test.each(['setgroups', 'setresgid', 'setresuid', 'prctl 47', 'prctl 38'])('says so when %s is refused', (name) => {
  const why = dropPrivileges(recorder({ [name]: EPERM }).linux, user);
  expect(why).toMatch(/^could not give up privileges: .*EPERM$/);
});

test('what only bolts the door once more may be refused', () => {
  expect(dropPrivileges(recorder({ 'prctl 28': EPERM, 'prctl 24': EPERM }).linux)).toBeUndefined();
});

test('without the right to capture there is one line that says what to do', () => {
  const refused = openSockets(2, recorder({ socket: EPERM }).linux);
  expect(refused).toMatchObject({
    ok: false,
    why: expect.stringMatching(/^no right to capture[^\n]*sudo[^\n]*setcap[^\n]*$/) as string,
  });
  const none = openSockets(2, recorder({ socket: 97 }).linux);
  expect(none).toMatchObject({ ok: false, why: expect.stringContaining('AF_PACKET') as string });
});
