import { expect, test } from 'vitest';
import * as make from '../../../test/tls/handshakeBytes.ts';
import { countedFiles, RecordedFlow } from '../../../test/tls/recordedFlow.ts';
import { Sign, type StreamAnalyser } from '../protocol.ts';
import { Certificates } from '../x509/certificates.ts';
import { createStartTls } from './startTls.ts';
import { createDtls, createTls, recogniseHello } from './tls.ts';

const ID = Array.from({ length: 32 }, (_, i) => i + 1);
/** A certificate, as far as TLS is concerned. */
const certificate = [0x30, 0x03, 0x02, 0x01, 0x05];

/** What each side says in turn: `true` = the originator. */
type Turn = readonly [boolean, ...(readonly number[])[]];

function speak(analyser: StreamAnalyser, turns: readonly Turn[]): void {
  for (const [i, [isOrig, ...records]] of turns.entries()) {
    const bytes = make.octets(...records);
    if (!analyser.isDone) analyser.data(isOrig, bytes, 0, bytes.length, 100 + i);
  }
}

function converse(turns: readonly Turn[], flow: RecordedFlow = new RecordedFlow()): RecordedFlow {
  const analyser = createTls(new Certificates(countedFiles())).create(flow);
  speak(analyser, turns);
  analyser.finish(999);
  return flow;
}

const client = make.clientHello({
  sessionId: ID,
  extensions: [make.serverName('www.example.com'), make.groups(29), make.pointFormats(0), make.protocols('h2')],
});

test('TLS 1.2: version, suite, curve, protocol and history; the row comes with the first encrypted record of both', () => {
  const server = make.serverHello({ extensions: [make.protocols('h2')] });
  const flow = new RecordedFlow();
  const analyser = createTls(new Certificates(countedFiles())).create(flow);
  speak(analyser, [
    [true, make.handshake(client)],
    [false, make.handshake(server, make.certificates(certificate), make.keyExchange(23), make.helloDone)],
    [true, make.handshake(make.clientKey), make.changeCipherSpec, make.finished],
    [false, make.changeCipherSpec],
  ]);
  expect(flow.rows.filter((row) => row.log === 'ssl')).toEqual([]);
  speak(analyser, [[false, make.finished]]);
  expect(analyser.isDone).toBe(true);
  expect(flow.row('ssl')).toMatchObject({
    ts: 100,
    uid: 'Ctest',
    'id.resp_p': 443,
    version: 'TLSv12',
    cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    curve: 'secp256r1',
    server_name: 'www.example.com',
    resumed: false,
    next_protocol: 'h2',
    established: true,
    ssl_history: 'CsxknGIi',
  });
  expect(flow.services).toEqual(['ssl']);
});

test('TLS 1.3: application data take a side over, ChangeCipherSpec does not', () => {
  const server = make.serverHello({
    cipherSuites: [0x1301],
    sessionId: ID,
    extensions: [make.selectedVersion(0x0304), make.keyShare(29)],
  });
  const turns: Turn[] = [
    [true, make.handshake(client)],
    [false, make.handshake(server), make.changeCipherSpec, make.data(900)],
    [true, make.changeCipherSpec],
  ];
  expect(converse(turns).row('ssl')).toMatchObject({ established: false, ssl_history: 'CsiI' });
  expect(converse([...turns, [true, make.data(60)]]).row('ssl')).toMatchObject({
    version: 'TLSv13',
    cipher: 'TLS_AES_128_GCM_SHA256',
    curve: 'x25519',
    // The session id comes back from every server.
    resumed: false,
    established: true,
    ssl_history: 'CsiI',
  });
});

test('a HelloRetryRequest, and the hello that follows it', () => {
  const retry = make.serverHello({
    random: make.retryRandom,
    cipherSuites: [0x1301],
    extensions: [make.selectedVersion(0x0304), make.retryGroup(24)],
  });
  const server = make.serverHello({
    cipherSuites: [0x1301],
    extensions: [make.selectedVersion(0x0304), make.keyShare(24)],
  });
  const flow = converse([
    [true, make.handshake(client)],
    [false, make.handshake(retry), make.changeCipherSpec],
    [true, make.changeCipherSpec, make.handshake(make.clientHello())],
    [false, make.handshake(server), make.data(10)],
    [true, make.data(10)],
  ]);
  expect(flow.row('ssl')).toMatchObject({ ssl_history: 'CjiICs', curve: 'secp384r1', established: true });
  // The first hello's.
  expect(flow.row('ssl')['ja4']).toMatch(/^t12d0104h2_/u);
});

test('a session goes on by its id, by a ticket, by a pre-shared key', () => {
  const byId = converse([
    [true, make.handshake(client)],
    [false, make.handshake(make.serverHello({ sessionId: ID })), make.changeCipherSpec, make.finished],
    [true, make.changeCipherSpec, make.finished],
  ]);
  expect(byId.row('ssl')).toMatchObject({ resumed: true, established: true, ssl_history: 'CsiI' });
  const byTicket = converse([
    [true, make.handshake(make.clientHello({ extensions: [make.ticket(1, 2)] }))],
    [false, make.handshake(make.serverHello()), make.changeCipherSpec, make.finished],
    [true, make.changeCipherSpec],
  ]);
  expect(byTicket.row('ssl')['resumed']).toBe(true);
  const preShared = make.extension(41, [0, 0]);
  const byKey = converse([
    [true, make.handshake(make.clientHello({ extensions: [preShared] }))],
    [false, make.handshake(make.serverHello({ extensions: [make.selectedVersion(0x0304), preShared] }))],
  ]);
  expect(byKey.row('ssl')['resumed']).toBe(true);
});

test('alerts in plain text, the last one told', () => {
  const flow = converse([
    [true, make.handshake(client)],
    [false, make.alert(1, 112), make.alert(2, 40)],
  ]);
  expect(flow.row('ssl')).toMatchObject({ last_alert: 'handshake_failure', ssl_history: 'Cll' });
});

test('an OCSP response is handed over as a file', () => {
  const files = countedFiles();
  const analyser = createTls(new Certificates(files)).create(new RecordedFlow());
  speak(analyser, [
    [true, make.handshake(client)],
    [false, make.handshake(make.serverHello(), make.status([1, 2, 3]))],
  ]);
  expect(files.seen).toEqual([3]);
});

test('what is no TLS has no row, and what breaks later has its own', () => {
  const http = converse([[true, make.text('GET / HTTP/1.1\r\n\r\n')]]);
  expect(http.rows).toEqual([]);
  const broken = converse([
    [true, make.handshake(client)],
    [false, make.text('HTTP/1.1 400 Bad\r\n')],
    [false, [0]],
  ]);
  expect(broken.row('ssl')).toMatchObject({ ssl_history: 'C', established: false });
  expect(broken.services).toEqual([]);
  const cut = make.handshake(
    make.message(1, make.clientHelloBody({ extensions: [make.serverName('a.b')] }).slice(0, -1)),
  );
  expect(converse([[true, cut]])).toMatchObject({
    services: [],
    rows: [{ row: { ssl_history: '', established: false } }],
  });
});

test('a gap ends it; a stream from its middle is left alone', () => {
  const flow = new RecordedFlow();
  const analyser = createTls(new Certificates(countedFiles())).create(flow);
  speak(analyser, [[true, make.handshake(client)]]);
  analyser.gap(false, 100, 105);
  expect(analyser.isDone).toBe(true);
  analyser.finish(106);
  expect(flow.row('ssl')).toMatchObject({ ssl_history: 'C' });
  const partial = new RecordedFlow({ isPartial: true });
  expect(createTls(new Certificates(countedFiles())).create(partial).isDone).toBe(true);
});

test('what flows keep in all is bounded, and given back', () => {
  const protocol = createTls(new Certificates(countedFiles()), 1500);
  const start = make.octets(make.handshake(client)).slice(0, 60);
  const begin = (): StreamAnalyser => {
    const analyser = protocol.create(new RecordedFlow());
    analyser.data(true, start, 0, start.length, 1);
    return analyser;
  };
  const first = [begin(), begin()];
  expect(first.map((one) => one.isDone)).toEqual([false, false]);
  const third = begin();
  expect(third.isDone).toBe(true);
  third.finish(2);
  first[0]!.finish(2);
  expect(begin().isDone).toBe(false);
});

test('SSLv2: hellos, and the master key that ends it', () => {
  const hello = [0x80, 0x1f, 1, 0, 2, ...make.u16(6, 0, 16), 1, 0, 0x80, 2, 0, 0x80, ...ID.slice(0, 16)];
  const answer = [...make.u16(2, certificate.length, 3, 4), ...certificate, 1, 0, 0x80, 9, 9, 9, 9];
  const server = [0x80, answer.length + 3, 4, 0, 1, ...answer];
  const key = [0x80, 0x0a, 2, 1, 0, 0x80, ...make.u16(0, 0, 0)];
  const flow = converse([
    [true, hello],
    [false, server],
    [true, key],
  ]);
  expect(flow.row('ssl')).toMatchObject({
    version: 'SSLv2',
    cipher: 'SSLv20_CK_RC4_128_WITH_MD5',
    established: true,
    ssl_history: 'Cs',
  });
});

test('DNS over TLS and over HTTPS are told', () => {
  const dot = converse([[true, make.handshake(client)]], new RecordedFlow({ port: 853 }));
  expect(dot.row('ssl')['encrypted_dns']).toBe('dot');
  const doh = converse([[true, make.handshake(client)]], new RecordedFlow({ address: '8.8.8.8' }));
  expect(doh.row('ssl')['encrypted_dns']).toBe('doh');
  expect(converse([[true, make.handshake(client)]]).row('ssl')['encrypted_dns']).toBeUndefined();
});

test('TLS that begins after a talk in plain text, and none that was TLS from the start', () => {
  const talk = (turns: readonly Turn[]): RecordedFlow => {
    const flow = new RecordedFlow({ port: 143 });
    const analyser = createStartTls(new Certificates(countedFiles())).create(flow);
    speak(analyser, turns);
    analyser.finish(999);
    return flow;
  };
  const tls: Turn[] = [
    [true, make.handshake(client)],
    [false, make.handshake(make.serverHello())],
  ];
  const flow = talk([
    [false, make.text('* OK\r\n')],
    [true, make.text('a STARTTLS\r\n')],
    [false, make.text('a OK\r\n')],
    ...tls,
  ]);
  expect(flow.row('ssl')).toMatchObject({ ts: 103, ssl_history: 'Cs', server_name: 'www.example.com' });
  expect(talk(tls).rows).toEqual([]);
  expect(talk([[true, make.text('a LOGIN b c\r\n')]]).rows).toEqual([]);
});

test('DTLS: a cookie, fragments, and encryption by epoch; either end may be the client', () => {
  for (const isClientOrig of [true, false]) {
    const flow = new RecordedFlow({ transport: 'udp' });
    const analyser = createDtls(new Certificates(countedFiles())).create(flow);
    const send = (isClient: boolean, ...parts: (readonly number[])[]): void => {
      const bytes = make.octets(...parts);
      analyser.datagram(isClient === isClientOrig, bytes, 0, bytes.length, 7);
    };
    const hello = make.clientHelloBody({ version: 0xfefd, cookie: [], extensions: [make.serverName('d.example')] });
    const server = make.serverHelloBody({ version: 0xfefd });
    const chain = make.certificates(certificate).slice(4);
    send(true, make.dtlsFragment(1, hello, { sequence: 0 }));
    send(false, make.dtlsFragment(3, [0xfe, 0xff, 1, 9], { sequence: 0 }));
    send(true, make.dtlsFragment(1, hello, { sequence: 1 }));
    send(false, make.dtlsFragment(2, server, { sequence: 1 }), make.dtlsFragment(11, chain, { sequence: 2, from: 3 }));
    send(false, make.dtlsFragment(11, chain, { sequence: 2, to: 3 }), make.dtlsFragment(14, [], { sequence: 3 }));
    send(true, make.dtlsRecord(20, [1]), make.dtlsRecord(22, [1, 2, 3], 1));
    send(false, make.dtlsRecord(20, [1]), make.dtlsRecord(22, [1, 2, 3], 1));
    expect(analyser.isDone).toBe(true);
    expect(flow.row('ssl')).toMatchObject({
      version: 'DTLSv12',
      server_name: 'd.example',
      established: true,
      ssl_history: `${isClientOrig ? '' : '^'}CvCsxnIi`,
    });
    expect(flow.services[0]).toBe('dtls');
    expect(flow.row('ssl')['ja4']).toMatch(/^dd2d/u);
  }
});

test('DTLS: STUN between is passed over, anything else ends it', () => {
  const flow = new RecordedFlow({ transport: 'udp' });
  const analyser = createDtls(new Certificates(countedFiles())).create(flow);
  const hello = make.octets(
    make.dtlsFragment(1, make.clientHelloBody({ version: 0xfefd, cookie: [] }), { sequence: 0 }),
  );
  const stun = make.octets([0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42], new Uint8Array(20));
  analyser.datagram(true, hello, 0, hello.length, 1);
  analyser.datagram(true, stun, 0, stun.length, 2);
  expect(analyser.isDone).toBe(false);
  analyser.datagram(true, make.octets([0x80, 0x60], new Uint8Array(30)), 0, 32, 3);
  expect(analyser.isDone).toBe(true);
  expect(flow.row('ssl')).toMatchObject({ ssl_history: 'C' });
  expect(flow.services).toEqual([]);
});

test('hellos are recognised from their first octets, on either side', () => {
  const bytes = make.octets(make.handshake(client));
  for (let length = 0; length < bytes.length; length++) {
    expect(recogniseHello(bytes, length)).toBe(length < 11 ? Sign.MORE : Sign.YES);
  }
  const server = make.octets(make.alert(1, 112), make.handshake(make.serverHello()));
  expect(recogniseHello(server, server.length)).toBe(Sign.YES);
  expect(recogniseHello(make.octets(make.text('GET / HTTP/1.1')), 3)).toBe(Sign.NO);
  const other = make.octets(make.handshake(make.helloDone));
  expect(recogniseHello(other, other.length)).toBe(Sign.NO);
});
