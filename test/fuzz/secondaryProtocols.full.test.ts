import { expect, test } from 'vitest';
import { readCertificate } from '../../core/x509/certificate.ts';
import { isGoodFor } from '../../core/x509/hostNames.ts';
import { readMessage } from '../../core/dhcp/message.ts';
import { createSsh } from '../../sensor/protocols/ssh/ssh.ts';
import { Random } from '../captures/random.ts';
import { dhcpMessage, kind, text } from '../dhcp/dhcpBytes.ts';
import { kexInit, newKeys, reply } from '../ssh/sshBytes.ts';
import { mutate } from '../support/mutation.ts';
import { play, StreamFlow } from '../support/streamFlow.ts';
import * as make from '../x509/certificateBytes.ts';

/** Rounds of each; the quick tests beside the sources have a few thousand. */
const ROUNDS = 300_000;

test('certificates', { timeout: 300_000 }, () => {
  const random = new Random(ROUNDS);
  const whole = make.certificate({
    subject: make.name(['2.5.4.3', make.utf8('ä')], ['1.2.3.4', make.element(0x1e, [0, 0x41])]),
    extensions: [
      make.alternativeNames(make.hostName('*.b.c'), make.element(0x87, [1, 2, 3, 4])),
      make.basicConstraints(),
    ],
  });
  let read = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const certificate = readCertificate(mutate(random, whole));
    if (certificate === undefined) continue;
    isGoodFor(certificate, 'a.b.c');
    read++;
  }
  expect(read).toBeGreaterThan(ROUNDS / 20);
});

test('messages of DHCP', { timeout: 300_000 }, () => {
  const random = new Random(ROUNDS);
  const whole = dhcpMessage({
    options: [kind(3), [12, text('host')], [61, [1, 2, 3, 4, 5, 6, 7]], [81, [0, 0, 0, 65]]],
  });
  let read = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = mutate(random, whole);
    if (readMessage(bytes, 0, bytes.length) !== undefined) read++;
  }
  expect(read).toBeGreaterThan(ROUNDS / 20);
});

test('conversations of SSH', { timeout: 300_000 }, () => {
  const random = new Random(ROUNDS);
  const ssh = createSsh();
  const line = (characters: string): Uint8Array => Uint8Array.from(Buffer.from(characters, 'latin1'));
  const pieces: readonly (readonly [boolean, Uint8Array])[] = [
    [false, line('SSH-2.0-b\r\n')],
    [true, line('SSH-2.0-a\r\n')],
    [true, kexInit()],
    [false, kexInit()],
    [false, reply(31, 'key')],
    [false, newKeys],
    [true, newKeys],
  ];
  let rows = 0;
  for (let round = 0; round < ROUNDS / 10; round++) {
    const flow = new StreamFlow();
    const events = pieces.map(([isOrig, octets]) => ({
      isOrig,
      octets: random.chance(0.3) ? mutate(random, octets) : octets,
    }));
    play(ssh.create(flow), events, random.pick([Infinity, 3, 50]));
    rows += flow.of('ssh').length;
  }
  expect(rows).toBeGreaterThan(ROUNDS / 40);
});
