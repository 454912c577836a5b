import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../test/captures/random.ts';
import * as make from '../../../test/ssh/sshBytes.ts';
import { mutate } from '../../../test/support/mutation.ts';
import { client, clientGap, type Event, play, server, StreamFlow } from '../../../test/support/streamFlow.ts';
import type { Row } from '../../../core/records/record.ts';
import { Sign } from '../protocol.ts';
import { createSsh } from './ssh.ts';

const ssh = createSsh();
const versions: readonly Event[] = [server('SSH-2.0-OpenSSH_9.6\r\n'), client('SSH-2.0-libssh2_1.11\r\n')];
const wire = (octets: number): Uint8Array => new Uint8Array(octets).fill(0x5a);

interface Talk {
  row: Row | undefined;
  flow: StreamFlow;
}

function talk(events: readonly Event[], piece = Infinity, flow = new StreamFlow()): Talk {
  play(ssh.create(flow), events, piece);
  const rows = flow.of('ssh');
  expect(rows.length).toBeLessThanOrEqual(1);
  return { row: rows[0], flow };
}

describe('versions', () => {
  test.each([
    ['SSH-2.0-a', 'SSH-2.0-b', 2],
    ['SSH-1.99-a', 'SSH-2.0-b', 2],
    ['SSH-2.0-a', 'SSH-1.99-b', 2],
    ['SSH-1.99-a', 'SSH-1.99-b', 2],
    ['SSH-1.5-a', 'SSH-1.99-b', 1],
    ['SSH-1.99-a', 'SSH-1.5-b', 1],
    ['SSH-1.5-a', 'SSH-1.5-b', 1],
    ['SSH-1.5-a', 'SSH-2.0-b', undefined],
    ['SSH-2.0-a', 'SSH-1.5-b', undefined],
    ['SSH-3.0-a', 'SSH-3.0-b', undefined],
  ])('%s and %s', (mine, theirs, version) => {
    const { row, flow } = talk([client(`${mine}\r\n`), server(`${theirs}\n`)]);
    expect(row).toMatchObject({ client: mine, server: theirs, auth_attempts: 0 });
    expect(row?.['version']).toBe(version);
    expect(flow.weirds).toEqual(version === undefined ? ['SSH_version_mismatch'] : []);
    expect(flow.services).toEqual([]);
  });

  test('the row has the time of the first one and tells the way in or out', () => {
    const { row } = talk(versions);
    expect(row).toMatchObject({ ts: 1001, uid: 'C40000', direction: 'OUTBOUND' });
  });

  test('a server may say other things first, a client may not', () => {
    expect(talk([server('hello\r\nSSH-2.0-b\r\n'), client('SSH-2.0-a\n')]).row).toMatchObject({ version: 2 });
    expect(talk([client('GET / HTTP/1.1\r\n'), server('SSH-2.0-b\r\n')]).row).toBeUndefined();
    expect(talk([client(`SSH-${'x'.repeat(2000)}\r\n`)]).row).toBeUndefined();
  });

  test('a packet that is longer than any ends it, whatever it says of its length', () => {
    for (const length of [0x0001_0000, 0x7fff_ffff, 0xffff_ffff]) {
      const analyser = ssh.create(new StreamFlow());
      const octets = Uint8Array.from([...Buffer.from('SSH-2.0-a\r\n'), ...make.u32(length), 4, 20]);
      analyser.data(true, octets, 0, octets.length, 1);
      expect([analyser.isDone, analyser.held! < 1024]).toEqual([true, true]);
    }
    const analyser = ssh.create(new StreamFlow());
    const octets = Uint8Array.from([...Buffer.from('SSH-2.0-a\r\n'), ...make.u32(0xffff), 4, 20]);
    analyser.data(true, octets, 0, octets.length, 1);
    expect(analyser.isDone).toBe(false);
  });

  test('a stream picked up in the middle is left alone', () => {
    expect(talk(versions, Infinity, new StreamFlow({ isPartial: true })).row).toBeUndefined();
  });
});

describe('key exchange', () => {
  const offers = (mine: make.Lists, theirs: make.Lists): Event[] => [
    ...versions,
    client(make.kexInit(mine)),
    server(make.kexInit(theirs)),
  ];

  test.each([Infinity, 1, 7])('what both offer and the client prefers, in pieces of %d', (piece) => {
    const events = offers(
      { kex: 'x,curve25519-sha256,y', cipher: ['a,b', 'a,b'], mac: ['m', 'm'], compression: ['zlib,none', 'none'] },
      { kex: 'y,curve25519-sha256', cipher: ['b,a', 'b'], mac: ['n', 'n'], compression: ['none', 'none'] },
    );
    const { row } = talk(events, piece);
    expect(row).toMatchObject({
      kex_alg: 'curve25519-sha256',
      host_key_alg: 'ssh-rsa',
      cipher_alg: 'To server: a, to client: b',
      mac_alg: 'Algorithm negotiation failed',
      compression_alg: 'none',
    });
  });

  test('HASSH of each end, of the way it sends', () => {
    const lists: make.Lists = { kex: 'k', cipher: ['c1', 'c2'], mac: ['m1', 'm2'], compression: ['z1', 'z2'] };
    const { row } = talk(offers(lists, lists));
    expect(row?.['hassh']).toBe(createHash('md5').update('k;c1;m1;z1').digest('hex'));
    expect(row?.['hasshServer']).toBe(createHash('md5').update('k;c2;m2;z2').digest('hex'));
  });

  test('an offer of one end alone has its HASSH, and is not taken for SSH', () => {
    const { row, flow } = talk([client('SSH-2.0-a\r\n'), client(make.kexInit()), client(make.newKeys)]);
    expect(row?.['hassh']).toBeDefined();
    expect(row?.['kex_alg']).toBeUndefined();
    expect(flow.services).toEqual([]);
  });

  test.each([
    ['curve25519-sha256', 31],
    ['sntrup761x25519-sha512@openssh.com', 31],
    ['diffie-hellman-group14-sha256', 31],
    ['diffie-hellman-group-exchange-sha256', 33],
    ['gss-group1-sha1-x', 33],
  ])("the server's key with %s", (kex, number) => {
    const events = [
      ...offers({ kex }, { kex }),
      server(make.reply(number === 31 ? 33 : 31, 'group')),
      server(make.reply(number, 'key')),
      server(make.newKeys),
    ];
    const { row, flow } = talk(events);
    const digest = createHash('sha256').update('key').digest('base64');
    expect(row?.['host_key_fingerprint']).toBe(`SHA256:${digest.slice(0, 32)}`);
    expect(flow.services).toEqual(['ssh']);
  });

  test('SSH 1 tells its key and is over with the client session key', () => {
    const key = [0, 3, 5, 0, 9, 1, 2];
    const payload = [...make.text('cookie..'), 0, 0, 0, 9, 0, 3, 7, 0, 9, 3, 4, 0, 0, 0, 9, ...key, 0, 0];
    const { row, flow } = talk([
      server('SSH-1.99-b\n'),
      client('SSH-1.5-a\n'),
      server(make.oldPacket(2, payload)),
      client(make.oldPacket(3, [1, 2, 3])),
      server(wire(100)),
    ]);
    const digest = createHash('sha256')
      .update(Uint8Array.of(1, 2, 5))
      .digest('base64');
    expect(row).toMatchObject({ version: 1, host_key_fingerprint: `SHA256:${digest.slice(0, 32)}` });
    expect(flow.services).toEqual(['ssh']);
  });

  test('a hole ends it with what is known', () => {
    const { row } = talk([...versions, clientGap(5), client(make.kexInit())]);
    expect(row?.['version']).toBe(2);
    expect(row?.['hassh']).toBeUndefined();
  });

  test('a packet that is too long ends it', () => {
    const { row } = talk([...versions, client(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 20)), client(make.kexInit())]);
    expect(row?.['hassh']).toBeUndefined();
  });
});

describe('logins', () => {
  const begun = (compression = 'none'): Event[] => [
    ...versions,
    client(make.kexInit({ compression: [compression, compression] })),
    server(make.kexInit({ compression: [compression, compression] })),
    server(make.newKeys),
    client(make.newKeys),
  ];
  const sizes = (...octets: number[]): Event[] => octets.flatMap((size) => [client(wire(64)), server(wire(size))]);
  test.each([
    ['at once', [44, 28], true, 1],
    ['after refusals', [44, 60, 60, 60, 28], true, 3],
    ['never', [44, 60, 60, 60], false, 2],
    ['after a banner', [44, 900, 60, 60, 28], true, 2],
    ['nothing to tell', [44, 60], undefined, 0],
  ])('%s', (_what, octets, isIn, attempts) => {
    const { row } = talk([...begun(), ...sizes(...octets)]);
    expect(row?.['auth_success']).toBe(isIn);
    expect(row?.['auth_attempts']).toBe(attempts);
  });

  test('compression tells nothing', () => {
    expect(talk([...begun('zlib@openssh.com'), ...sizes(44, 28)]).row).toMatchObject({ auth_attempts: 0 });
  });

  test('a success lets go of the stream', () => {
    const flow = new StreamFlow();
    const analyser = ssh.create(flow);
    const events = [...begun(), ...sizes(44, 28)];
    play(analyser, events);
    expect(analyser.isDone).toBe(true);
  });

  test('so does much that comes of a connection that tells nothing', () => {
    const bytes = wire(1000);
    const long = ssh.create(new StreamFlow());
    for (const event of begun()) {
      if (!('octets' in event)) continue;
      const octets = typeof event.octets === 'string' ? Buffer.from(event.octets) : event.octets;
      long.data(event.isOrig, octets, 0, octets.length, 1);
    }
    let pieces = 0;
    while (!long.isDone && pieces < 10_000) {
      long.data(true, bytes, 0, bytes.length, 2);
      pieces++;
    }
    expect(pieces).toBeLessThan(1000);
  });
});

test('by content both ends begin with a version', () => {
  const sign = (octets: string): Sign => ssh.recognise!(true, Buffer.from(octets), octets.length);
  expect(sign('SSH-2.0-x')).toBe(Sign.YES);
  expect(sign('ssh-1.')).toBe(Sign.YES);
  expect(sign('SSH')).toBe(Sign.MORE);
  expect(sign('SSH-3.')).toBe(Sign.NO);
  expect(sign('GET ')).toBe(Sign.NO);
});

test('changed conversations come to one row at most and keep little', () => {
  const random = new Random(4);
  const pieces: readonly (readonly [boolean, Uint8Array])[] = [
    [false, Uint8Array.from(make.text('banner\r\nSSH-2.0-b\r\n'))],
    [true, Uint8Array.from(make.text('SSH-2.0-a\r\n'))],
    [true, make.kexInit()],
    [false, make.kexInit()],
    [false, make.reply(31, 'key')],
    [false, make.newKeys],
    [true, make.newKeys],
    [true, wire(64)],
    [false, wire(44)],
    [false, make.oldPacket(2, [...wire(60)])],
  ];
  let rows = 0;
  for (let round = 0; round < 3000; round++) {
    const events = pieces.map(([isOrig, octets]) => ({
      isOrig,
      octets: random.chance(0.2) ? mutate(random, octets) : octets,
    }));
    const { row } = talk(events, random.pick([Infinity, 1, 3, 50]));
    if (row !== undefined) rows++;
  }
  expect(rows).toBeGreaterThan(1500);
});
