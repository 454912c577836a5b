import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VERSION_2 } from '../../../core/quic/versions.ts';
import * as make from '../../../test/tls/handshakeBytes.ts';
import { cryptoFrame, initialPacket, serverPacket } from '../../../test/tls/quicPackets.ts';
import { RecordedFlow } from '../../../test/tls/recordedFlow.ts';
import { Sign } from '../protocol.ts';
import { clientInitialKeys } from './initialKeys.ts';
import { createQuic } from './quic.ts';

const ID = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];
const hello = make.clientHello({
  cipherSuites: [0x1301, 0x1302],
  extensions: [
    make.serverName('quic.example'),
    make.protocols('h3', 'h3-29'),
    make.versions(0x0304),
    make.algorithms(0x0403),
  ],
});

/** A datagram of the client (`true`) or the server, of one or more packets. */
type Datagram = readonly [boolean, ...(readonly number[])[]];

function run(datagrams: readonly Datagram[]): { flow: RecordedFlow; isDone: boolean } {
  const flow = new RecordedFlow({ transport: 'udp' });
  const analyser = createQuic().create(flow);
  for (const [i, [isOrig, ...packets]] of datagrams.entries()) {
    const bytes = make.octets(...packets);
    analyser.datagram(isOrig, bytes, 0, bytes.length, 50 + i);
  }
  const { isDone } = analyser;
  analyser.finish(99);
  return { flow, isDone };
}

test.each([
  [1, '1f369613dd76d5467730efcbe3b1a22d', 'fa044b2f42a3fd3b46fb255c', '9f50449e04a0e810283a1e9933adedd2'],
  [VERSION_2, '8b1a0bc121284290a29e0971b5cd045d', '91f73e2351d8fa91660e909f', '45b95e15235d6f45a6b19cbcb0294ba9'],
])('keys of version %i are those of the RFCs (9001 appendix A.1, 9369 appendix A.1)', (version, key, iv, header) => {
  const keys = clientInitialKeys(version, Uint8Array.from(ID));
  expect([keys.key, keys.iv, keys.header].map((octets) => octets.toString('hex'))).toEqual([key, iv, header]);
});

test.each([
  [1, '1'],
  [VERSION_2, 'quicv2'],
  [0xff00001d, 'draft-29'],
  [0xff00001b, 'draft-27'],
  [0xff000016, 'draft-22'],
  [0xff000022, 'draft-34'],
  [0xfaceb002, 'mvfst (faceb002)'],
  [0x54303531, 'unknown-54303531'],
  [0x1a2a3a4a, 'unknown-1a2a3a4a'],
])('a hello of version %i is read', (version, name) => {
  const { flow, isDone } = run([[true, initialPacket(cryptoFrame(0, hello), { version, destination: ID })]]);
  expect(isDone).toBe(false);
  expect(flow.row('quic')).toMatchObject({
    ts: 50,
    version: name,
    client_initial_dcid: '8394c8f03e515708',
    client_scid: '07',
    server_name: 'quic.example',
    client_protocol: 'h3',
    history: 'IS',
    ja4: expect.stringMatching(/^q13d0204h3_/u),
  });
  expect(flow.services).toEqual(['quic']);
});

test('it is done once the hello is whole and the server was seen', () => {
  const { flow, isDone } = run([
    [true, initialPacket(cryptoFrame(0, hello), { destination: ID })],
    [false, serverPacket(0, [0xaa, 0xbb])],
  ]);
  expect(isDone).toBe(true);
  expect(flow.row('quic')).toMatchObject({ server_scid: 'aabb', history: 'ISi' });
});

test('a hello in pieces, in any order, over packets and datagrams, some twice', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([0, 20, 40, 60, 80, 100, 120, 140], { minLength: 8 }),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      (begins, isAlone) => {
        const datagrams: [boolean, ...number[][]][] = [];
        for (const [i, from] of begins.entries()) {
          const frames = [0, 1, ...cryptoFrame(from, hello.slice(from, Math.min(from + 35, hello.length))), 0, 0];
          const packet = initialPacket(frames, { destination: ID, number: i });
          const last = datagrams.at(-1);
          if (last === undefined || isAlone[i]!) datagrams.push([true, packet]);
          else last.push(packet);
        }
        expect(run(datagrams).flow.row('quic')['server_name']).toBe('quic.example');
      },
    ),
    { numRuns: 60 },
  );
});

test('a Retry has a row of its own; the client begins anew with the keys of the id that it was given', () => {
  const { flow } = run([
    [true, initialPacket(cryptoFrame(0, hello), { destination: ID })],
    [false, serverPacket(3, [0xcc, 0xdd])],
    [true, initialPacket(cryptoFrame(0, hello), { destination: [0xcc, 0xdd], token: [1, 2, 3], number: 1 })],
    [false, serverPacket(0, [0xee])],
  ]);
  const rows = flow.rows.map(({ row }) => row);
  expect(rows.map((row) => [row['history'], row['client_initial_dcid'], row['server_scid']])).toEqual([
    ['ISr', '8394c8f03e515708', undefined],
    ['ISi', 'ccdd', 'ee'],
  ]);
  expect(rows[1]).toMatchObject({ server_name: 'quic.example' });
});

test('later packets of the client go to the id of the server: the keys stay', () => {
  const { flow } = run([
    [true, initialPacket(cryptoFrame(0, hello.slice(0, 50)), { destination: ID })],
    [true, initialPacket(cryptoFrame(50, hello.slice(50)), { destination: [5, 5], keyId: ID, number: 1 })],
  ]);
  expect(flow.row('quic')).toMatchObject({ server_name: 'quic.example', history: 'IIS' });
});

test('a connection that began before is let go without a row', () => {
  const { flow, isDone } = run([[true, initialPacket(cryptoFrame(0, hello), { destination: [1, 2], keyId: ID })]]);
  expect(isDone).toBe(true);
  expect(flow.rows).toEqual([]);
});

test('what it looks at is bounded', () => {
  const pings = Array.from({ length: 17 }, (_, i): Datagram => [
    true,
    initialPacket([1], { destination: ID, number: i }),
  ]);
  const { flow, isDone } = run(pings);
  expect(isDone).toBe(true);
  expect(flow.row('quic')['history']).toBe('I'.repeat(16));
  const far = run([
    [
      true,
      initialPacket(
        cryptoFrame(
          16_000,
          Array.from({ length: 600 }, () => 0),
        ),
        { destination: ID },
      ),
    ],
  ]);
  expect(far.isDone).toBe(true);
  const silent = run(Array.from({ length: 64 }, (): Datagram => [true, [0x40, 1, 2, 3]]));
  expect(silent.isDone).toBe(true);
});

test('it is recognised by an Initial packet of a version that can be read', () => {
  const quic = createQuic();
  const bytes = make.octets(initialPacket(cryptoFrame(0, hello), { destination: ID }));
  expect(quic.recognise!(true, bytes, 0, bytes.length)).toBe(Sign.YES);
  expect(quic.recognise!(true, bytes, 0, bytes.length - 1)).toBe(Sign.NO);
  const other = bytes.slice();
  other[1] = 0x51;
  expect(quic.recognise!(true, other, 0, other.length)).toBe(Sign.NO);
});
