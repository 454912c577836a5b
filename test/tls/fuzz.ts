/** Mutated conversations of TLS, DTLS and QUIC: what analysers do with them is the runner's to find out. */
import { Certificates } from '../../sensor/protocols/x509/certificates.ts';
import { createQuic } from '../../sensor/protocols/quic/quic.ts';
import { createDtls, createTls } from '../../sensor/protocols/tls/tls.ts';
import { Random } from '../captures/random.ts';
import { mutate } from '../support/mutation.ts';
import * as make from './handshakeBytes.ts';
import { cryptoFrame, initialPacket, serverPacket } from './quicPackets.ts';
import { countedFiles, RecordedFlow } from './recordedFlow.ts';

/** Rows that came. */
export interface FuzzResult {
  rows: number;
}

/** So little that what is not given back is soon missed: no flow has rows then. */
const MOST_KEPT = 300_000;

const hello = make.clientHello({
  sessionId: [1, 2, 3],
  cipherSuites: [0x0a0a, 0x1301, 0xc02f],
  extensions: [
    make.serverName('www.example.com'),
    make.groups(29, 23),
    make.pointFormats(0),
    make.algorithms(0x0403),
    make.protocols('h2', 'http/1.1'),
    make.versions(0x0304, 0x0303),
    make.ticket(1),
  ],
});
const server12 = [
  make.serverHello({ sessionId: [1, 2, 3], extensions: [make.protocols('h2')] }),
  make.certificates([0x30, 3, 2, 1, 5], [0x30, 0]),
  make.status([1, 2, 3]),
  make.keyExchange(23),
  make.helloDone,
];
const server13 = make.serverHello({ extensions: [make.selectedVersion(0x0304), make.keyShare(29)] });

/** Each a list of pieces: whose, and what. */
const streams: readonly (readonly (readonly [boolean, readonly number[]])[])[] = [
  [
    [true, make.handshake(hello)],
    [false, make.handshake(...server12)],
    [true, [...make.handshake(make.clientKey), ...make.changeCipherSpec, ...make.finished]],
    [false, [...make.changeCipherSpec, ...make.finished]],
  ],
  [
    [true, make.handshake(hello)],
    [false, [...make.handshake(server13), ...make.changeCipherSpec, ...make.data(300)]],
    [true, [...make.changeCipherSpec, ...make.data(50), ...make.data(50)]],
  ],
  [
    [true, [0x80, 0x1f, 1, 0, 2, ...make.u16(6, 0, 16), 1, 0, 0x80, 2, 0, 0x80, ...make.text('0123456789abcdef')]],
    [false, [...make.alert(2, 40), ...make.alert(1, 0)]],
  ],
];

export function fuzzTls(seed: number, rounds: number): FuzzResult {
  const random = new Random(seed);
  const protocol = createTls(new Certificates(countedFiles()), MOST_KEPT);
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    const flow = new RecordedFlow();
    const analyser = protocol.create(flow);
    for (const [isOrig, piece] of random.pick(streams)) {
      const bytes = random.chance(0.7) ? mutate(random, Uint8Array.from(piece)) : Uint8Array.from(piece);
      protocol.recognise!(isOrig, bytes, bytes.length);
      let at = 0;
      while (at < bytes.length && !analyser.isDone) {
        const end = Math.min(bytes.length, at + random.between(1, random.chance(0.5) ? 20 : 4000));
        analyser.data(isOrig, bytes, at, end, round);
        at = end;
      }
      if (random.chance(0.02)) analyser.gap(isOrig, 100, round);
    }
    analyser.finish(round);
    rows += countRows(flow, 'ssl');
  }
  return { rows };
}

export function fuzzDtls(seed: number, rounds: number): FuzzResult {
  const random = new Random(seed);
  const protocol = createDtls(new Certificates(countedFiles()), MOST_KEPT);
  const body = make.clientHelloBody({ version: 0xfefd, cookie: [1], extensions: [make.serverName('d.example')] });
  const chain = make.certificates([0x30, 3, 2, 1, 5]).slice(4);
  const datagrams: readonly (readonly [boolean, readonly number[]])[] = [
    [true, make.dtlsFragment(1, body, { sequence: 0 })],
    [false, make.dtlsFragment(2, make.serverHelloBody({ version: 0xfefd }), { sequence: 0 })],
    [false, make.dtlsFragment(11, chain, { sequence: 1, from: 4 })],
    [false, make.dtlsFragment(11, chain, { sequence: 1, to: 6 })],
    [true, [...make.dtlsRecord(20, [1]), ...make.dtlsRecord(22, [1, 2, 3], 1)]],
    [false, [...make.dtlsRecord(20, [1]), ...make.dtlsRecord(22, [1, 2, 3], 1)]],
  ];
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    const flow = new RecordedFlow({ transport: 'udp' });
    const analyser = protocol.create(flow);
    for (const [isOrig, datagram] of datagrams) {
      const bytes = random.chance(0.5) ? mutate(random, Uint8Array.from(datagram)) : Uint8Array.from(datagram);
      protocol.recognise!(isOrig, bytes, 0, bytes.length);
      if (!analyser.isDone) analyser.datagram(isOrig, bytes, 0, bytes.length, round);
    }
    analyser.finish(round);
    rows += countRows(flow, 'ssl');
  }
  return { rows };
}

export function fuzzQuic(seed: number, rounds: number): FuzzResult {
  const random = new Random(seed);
  const protocol = createQuic(MOST_KEPT);
  const destination = [1, 2, 3, 4, 5, 6, 7, 8];
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    const flow = new RecordedFlow({ transport: 'udp' });
    const analyser = protocol.create(flow);
    const frames = [2, 1, 1, 0, 1, ...cryptoFrame(0, hello.slice(0, 60)), ...cryptoFrame(60, hello.slice(60))];
    const first = initialPacket([...mutate(random, Uint8Array.from(frames))].slice(0, 1200), { destination });
    const datagrams: readonly (readonly [boolean, readonly number[]])[] = [
      [true, first],
      [false, serverPacket(random.below(4), [9])],
      [true, initialPacket(frames, { destination, number: 1 })],
    ];
    for (const [isOrig, datagram] of datagrams) {
      const bytes = random.chance(0.4) ? mutate(random, Uint8Array.from(datagram)) : Uint8Array.from(datagram);
      protocol.recognise!(isOrig, bytes, 0, bytes.length);
      if (!analyser.isDone) analyser.datagram(isOrig, bytes, 0, bytes.length, round);
    }
    analyser.finish(round);
    rows += Math.min(1, flow.rows.length);
  }
  return { rows };
}

/** One row a flow at most. */
function countRows(flow: RecordedFlow, log: string): number {
  const count = flow.rows.filter((one) => one.log === log).length;
  if (count > 1) throw new Error(`${count} rows of ${log} for one flow`);
  return count;
}
