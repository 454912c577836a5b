import { createHash } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  client,
  clientEnd,
  clientGap,
  type Event,
  play,
  reset,
  server,
  serverEnd,
  serverGap,
  StreamFlow,
} from '../../../test/support/streamFlow.ts';
import { FileTracker } from '../files/fileTracker.ts';
import { HttpAnalyser } from './analyser.ts';

const get = (uri: string, more = ''): string => `GET ${uri} HTTP/1.1\r\nHost: a.example\r\n${more}\r\n`;
const ok = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

function run(events: readonly Event[], piece?: number, files = new FileTracker(), flow = new StreamFlow()): StreamFlow {
  play(new HttpAnalyser(flow, files), events, piece);
  return flow;
}

test('a request with its answer is a row, and the body a file', () => {
  const flow = run([
    client('GET /a%20b?c=1 HTTP/1.1\r\nHost: a.example:80\r\nUser-Agent: x\r\nReferer: r\r\nOrigin: o\r\n\r\n'),
    server(ok('hello world, hello')),
    clientEnd,
    serverEnd,
  ]);
  expect(flow.of('http')).toEqual([
    {
      ts: 1001,
      ...flow.id,
      trans_depth: 1,
      method: 'GET',
      host: 'a.example:80',
      uri: '/a b?c=1',
      referrer: 'r',
      version: '1.1',
      user_agent: 'x',
      origin: 'o',
      request_body_len: 0,
      response_body_len: 18,
      status_code: 200,
      status_msg: 'OK',
      tags: [],
      resp_fuids: [flow.of('files')[0]!['fuid']],
      resp_mime_types: ['text/plain'],
    },
  ]);
  expect(flow.of('files')[0]).toMatchObject({
    ts: 1002,
    source: 'HTTP',
    seen_bytes: 18,
    total_bytes: 18,
    is_orig: false,
    local_orig: false,
    timedout: false,
    sha256: sha256('hello world, hello'),
  });
  expect(flow.services).toEqual(['http']);
  expect(flow.weirds).toEqual([]);
});

describe('bodies', () => {
  test('come in chunks, with trailers', () => {
    const flow = run([
      client(get('/1') + get('/2')),
      server(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n',
      ),
      server(ok('two')),
    ]);
    expect(flow.of('http').map((row) => [row['uri'], row['response_body_len']])).toEqual([
      ['/1', 11],
      ['/2', 3],
    ]);
    expect(flow.of('files')[0]).toMatchObject({ sha256: sha256('hello world'), seen_bytes: 11 });
    expect(flow.of('files')[0]).not.toHaveProperty('total_bytes');
  });

  test('go to the end of the connection', () => {
    const flow = run([
      client('GET / HTTP/1.0\r\n\r\n'),
      server('HTTP/1.0 200 OK\r\nConnection: close\r\n\r\na\nb\r'),
      serverEnd,
    ]);
    expect(flow.of('files')[0]).toMatchObject({ sha256: sha256('a\nb\r') });
  });

  test('without length on a connection that stays open are lines', () => {
    const flow = run([client(get('/')), server('HTTP/1.1 200 OK\r\n\r\nab\ncd'), serverEnd]);
    expect(flow.of('http')[0]).toMatchObject({ response_body_len: 8 });
    expect(flow.of('files')[0]).toMatchObject({ sha256: sha256('ab\r\ncd\r\n') });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('are inflated (%s)', (encoding, compress) => {
    const content = 'what is long and repeats itself, '.repeat(300);
    const body = compress(content);
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`;
    for (const piece of [1, 7, 1460]) {
      const flow = run([client(get('/')), server(Buffer.concat([Buffer.from(head), body]))], piece);
      expect(flow.of('http')[0]).toMatchObject({ response_body_len: content.length });
      const [file] = flow.of('files');
      expect(file).toMatchObject({ sha256: sha256(content), seen_bytes: content.length });
      expect(file).not.toHaveProperty('total_bytes');
    }
  });

  test('that are inflated later are timed by their octets', () => {
    const body = gzipSync('content');
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n`;
    const flow = run([
      client(get('/')),
      server(head),
      server(body.subarray(0, 10)),
      server(body.subarray(10, -8)),
      server(body.subarray(-8)),
      serverEnd,
    ]);
    expect(flow.of('files')).toMatchObject([{ ts: 1004, duration: 0, sha256: sha256('content') }]);
  });

  test('that claim a compression they do not have end it', () => {
    const body = '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff\xff';
    const flow = run([client(get('/')), server(ok(body, 'Content-Encoding: gzip\r\n'))]);
    expect(flow.of('http')[0]).toMatchObject({ response_body_len: 0 });
    expect(flow.weirds).toEqual(['inflate_failed']);
  });

  test('of HEAD, 204 and 304 there are none', () => {
    const flow = run([
      client('HEAD /1 HTTP/1.1\r\n\r\n' + get('/2') + get('/3') + get('/4')),
      server('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n'),
      server('HTTP/1.1 304 Not\r\nContent-Length: 9\r\n\r\n' + ok('x')),
    ]);
    expect(flow.of('http').map((row) => [row['status_code'], row['response_body_len']])).toEqual([
      [200, 0],
      [204, 0],
      [304, 0],
      [200, 1],
    ]);
  });

  test('in parts are files of their own', () => {
    const body =
      'before\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nline one\r\nline\ntwo\r\n' +
      '--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8gd29y\r\nbGQ=\r\n--b--\r\n';
    for (const piece of [1, 5, Infinity]) {
      const flow = run(
        [
          client(
            `POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary="b"\r\nContent-Length: ${body.length}\r\n\r\n`,
          ),
          client(body),
          server(ok('done')),
        ],
        piece,
      );
      const sent = flow.of('files').filter((row) => row['is_orig'] === true);
      expect(sent.map((row) => [row['filename'], row['sha256']])).toEqual([
        ['a.txt', sha256('line one\r\nline\ntwo')],
        [undefined, sha256('hello world')],
      ]);
      expect(flow.of('http')).toMatchObject([{ orig_filenames: ['a.txt'], request_body_len: body.length, uri: '/' }]);
      expect(flow.of('http')[0]!['orig_fuids']).toHaveLength(2);
    }
  });
});

describe('holes', () => {
  test('in a body are skipped', () => {
    const flow = run([
      client(get('/1') + get('/2')),
      server('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      serverGap(5),
      server('ij' + ok('two')),
    ]);
    expect(flow.of('http').map((row) => row['response_body_len'])).toEqual([10, 3]);
    const [file] = flow.of('files');
    expect(file).toMatchObject({ seen_bytes: 5, missing_bytes: 5, total_bytes: 10 });
    expect(file).not.toHaveProperty('md5');
  });

  test('in headers end the side', () => {
    const flow = run([client(get('/1')), server('HTTP/1.1 200 OK\r\nContent-'), serverGap(5), server(ok('two'))]);
    expect(flow.of('http')).toMatchObject([{ uri: '/1', status_code: 200, response_body_len: 0 }]);
  });

  test('in requests leave answers alone', () => {
    const flow = run([client(get('/1')), clientGap(9), client(get('/2')), server(ok('a') + ok('b'))]);
    expect(flow.of('http').map((row) => [row['uri'], row['status_code']])).toEqual([
      ['/1', 200],
      [undefined, 200],
    ]);
  });
});

describe('transactions', () => {
  test('without an answer, and answers without a request', () => {
    expect(run([client(get('/1'))]).of('http')).toMatchObject([{ uri: '/1', trans_depth: 1 }]);
    const flow = run([server(ok('a')), serverEnd]);
    expect(flow.of('http')).toMatchObject([{ status_code: 200, response_body_len: 1, ts: 1001 }]);
    expect(flow.services).toEqual([]);
  });

  test('informational answers stay with the request', () => {
    const flow = run([
      client('POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'),
      server('HTTP/1.1 100 Continue\r\n\r\n'),
      client('ab'),
      server(ok('x')),
    ]);
    expect(flow.of('http')).toMatchObject([
      { info_code: 100, info_msg: 'Continue', status_code: 200, request_body_len: 2, response_body_len: 1 },
    ]);
  });

  test('too many that wait have their rows', () => {
    const events = Array.from({ length: 250 }, (_, i) => client(get(`/${i}`)));
    const flow = new StreamFlow();
    const analyser = new HttpAnalyser(flow, new FileTracker());
    for (const event of events)
      if ('octets' in event) analyser.data(true, Buffer.from(event.octets as string), 0, event.octets.length, 1);
    expect(analyser.transactions.pending).toBeLessThanOrEqual(101);
    analyser.finish(2);
    expect(flow.of('http').map((row) => row['uri'])).toEqual(events.map((_, i) => `/${i}`));
    expect(flow.weirds).toContain('HTTP_excessive_pipelining');
  });

  test('of HTTP/0.9 have a body alone', () => {
    const flow = run([client('GET /x\r\n\r\n'), server('some text\n'), server('more'), serverEnd]);
    expect(flow.of('http')).toMatchObject(
      [{ uri: '/', version: '0.9', status_code: 0, status_msg: '<empty>', response_body_len: 14 }].map((row) => ({
        ...row,
        uri: '/x',
      })),
    );
  });

  test('what is no request ends requests; answers go on', () => {
    const flow = run([
      client('OPTIONSHTTP/1.1\r\n\r\n'),
      server('HTTP/1.0 400 Bad Request\r\nContent-Length: 2\r\n\r\nno'),
    ]);
    expect(flow.weirds).toEqual(['bad_HTTP_request']);
    expect(flow.of('http')).toMatchObject([{ version: '1.0', status_code: 400, response_body_len: 2 }]);
    expect(flow.of('http')[0]).not.toHaveProperty('method');
  });

  test('what turns out to be none early on is let go, and no service', () => {
    const flow = run([client(get('/1')), server('SSH-2.0-x\r\n'), client(get('/2')), server(ok('a'))]);
    expect(flow.of('http')).toMatchObject([{ uri: '/1' }]);
    expect(flow.services).toEqual([]);
    const late = run([client(get('/1')), server(ok('x'.repeat(20_000)) + 'none\r\n'), client(get('/2'))]);
    expect(late.of('http')).toMatchObject([{ uri: '/1', response_body_len: 20_000 }, { uri: '/2' }]);
    expect(late.services).toEqual(['http']);
  });

  test('end when the connection is reset, whatever comes behind', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n';
    const flow = run([client(get('/1')), server(`${head}abc`), reset, server('defghi'), server(ok('more'))]);
    expect(flow.of('http')).toMatchObject([{ uri: '/1', response_body_len: 3 }]);
    expect(flow.of('files')).toMatchObject([{ seen_bytes: 3, total_bytes: 9 }]);
  });

  test('name users, proxies and odd methods', () => {
    const basic = Buffer.from('ann:secret').toString('base64');
    const flow = run([
      client(`GRAB / HTTP/1.1\r\nAuthorization: Basic ${basic}\r\nVia: 1.1 p\r\nX-Long: a\r\n b\r\nVIA: 1.1 p\r\n\r\n`),
      server(ok('x')),
    ]);
    expect(flow.of('http')).toMatchObject([{ username: 'ann', proxied: ['VIA -> 1.1 p'], method: 'GRAB' }]);
    expect(JSON.stringify(flow.rows)).not.toContain('secret');
    expect(flow.weirds).toEqual(['HTTP_obsolete_line_folding', 'unknown_HTTP_method'].toReversed());
  });

  test('a stream that was picked up in its middle is left alone', () => {
    const flow = run(
      [client(get('/1')), server(ok('a'))],
      Infinity,
      new FileTracker(),
      new StreamFlow({ isPartial: true }),
    );
    expect(flow.rows).toEqual([]);
  });
});

test.each([
  ['CONNECT a:443 HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 Yes\r\n\r\n'],
  [get('/', 'Upgrade: h2c\r\n'), 'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'],
])('what follows %j is a stream of its own', (request, answer) => {
  for (const piece of [1, Infinity]) {
    const flow = run(
      [client(request), server(`${answer}\x16\x03`), client('\x16\x01\n'), server('\nabc'), serverEnd],
      piece,
    );
    expect(flow.insides).toEqual([{ orig: '\x16\x01\n', resp: '\x16\x03\nabc', isFinished: true }]);
    expect(flow.of('http')).toHaveLength(1);
  }
});

test('ranges of one target are one file', () => {
  const files = new FileTracker();
  const part = (from: number, to: number): Event[] => [
    client(get('/big', `Range: bytes=${from}-${to}\r\n`)),
    server(
      `HTTP/1.1 206 Partial\r\nContent-Range: bytes ${from}-${to}/20\r\nContent-Length: ${to - from + 1}\r\n\r\n` +
        'abcdefghijklmnopqrst'.slice(from, to + 1),
    ),
  ];
  const second = run(part(8, 19), undefined, files, new StreamFlow({ port: 2 }));
  expect(second.of('files')).toEqual([]);
  const first = run(part(0, 7), undefined, files, new StreamFlow({ port: 1 }));
  expect(first.of('files')).toMatchObject([
    { seen_bytes: 20, total_bytes: 20, sha256: sha256('abcdefghijklmnopqrst') },
  ]);
  expect(second.of('files')[0]!['fuid']).toBe(first.of('files')[0]!['fuid']);
  expect(files.waiting).toBe(0);
  run(part(0, 7), undefined, files, first);
  files.finish();
  expect(first.of('files').at(-1)).toMatchObject({ seen_bytes: 8, timedout: true });
});

test('how octets are cut into segments changes no row', () => {
  const requests = [
    get('/1'),
    'POST /2 HTTP/1.1\nContent-Length: 7\n\nab\r\ncd\n',
    'PUT /3 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\r\n\r\r\n0\r\n\r\n',
    'POST /4 HTTP/1.1\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n\n\r\r\n--x--\r\n',
  ];
  const answers = [
    ok('some body'),
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\rContent-Length: 2\r\r\n\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n',
    'HTTP/1.1 404 No\r\nFolded: a\r\n\tb\r\nContent-Length: 0\r\n\r\n',
  ];
  const of = (flow: StreamFlow): unknown =>
    flow.rows.map(({ log, row }) => ({ log, ...row, fuid: '', orig_fuids: '', resp_fuids: '' }));
  fc.assert(
    fc.property(
      fc.subarray(requests, { minLength: 1 }),
      fc.array(fc.constantFrom(...answers), { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      (asked, answered, piece) => {
        const events = [client(asked.join('')), server(answered.join('')), clientEnd, serverEnd];
        expect(of(run(events, piece))).toEqual(of(run(events)));
      },
    ),
  );
});
