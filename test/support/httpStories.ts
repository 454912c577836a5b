import { gzipSync } from 'node:zlib';
import { FileTracker } from '../../sensor/protocols/files/fileTracker.ts';
import { HttpAnalyser } from '../../sensor/protocols/http/analyser.ts';
import { client, clientEnd, type Event, play, server, serverEnd, serverGap, StreamFlow } from './streamFlow.ts';

const zipped = gzipSync('what is packed '.repeat(500)).toString('latin1');
const asked: readonly string[] = [
  'GET /a%20b HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\nAuthorization: Basic YTpi\r\n\r\n',
  'POST / HTTP/1.1\r\nContent-Type: multipart/mixed; boundary="a b"\r\nContent-Length: 90\r\n\r\n--a b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello\r\n--a b\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--a b--\r\n',
  'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff;a\r\nabc\r\n0\r\nX: y\r\n\r\n',
  'CONNECT a:1 HTTP/1.0\r\n\r\n',
  'GET /old\r\n\r\n',
];
const answered: readonly string[] = [
  'HTTP/1.1 206 Partial\r\nContent-Range: bytes 5-9/20\r\nContent-Length: 5\r\n\r\nabcde',
  `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n${zipped}`,
  'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nxyz',
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Disposition: attachment; filename*=UTF-8''a%20b\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  'HTTP/1.0 200 OK\r\n\r\nline\nline',
];

/** Numbers that look random and are the same in each run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function mutated(text: string, next: () => number): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  const octets = ' \r\n\t-:;=%"()/0F\x00\xff';
  const count = Math.floor(next() * 6);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(next() * bytes.length);
    bytes[at] = next() < 0.5 ? Math.floor(next() * 256) : octets.charCodeAt(Math.floor(next() * octets.length));
  }
  const from = next() < 0.2 ? Math.floor(next() * bytes.length) : 0;
  const to = next() < 0.3 ? Math.floor(next() * bytes.length) : bytes.length;
  return bytes.subarray(Math.min(from, to), Math.max(from, to));
}

/** A stream of requests and answers with octets changed, cut, missing. */
export function story(next: () => number): Event[] {
  const pick = (texts: readonly string[]): string => texts[Math.floor(next() * texts.length)]!;
  const events: Event[] = [];
  const length = 1 + Math.floor(next() * 6);
  for (let i = 0; i < length; i++) {
    const kind = next();
    if (kind < 0.45) events.push(client(mutated(pick(asked), next)));
    else if (kind < 0.9) events.push(server(mutated(pick(answered), next)));
    else if (kind < 0.95) events.push(serverGap(1 + Math.floor(next() * 3000)));
    else events.push(next() < 0.5 ? clientEnd : serverEnd);
  }
  return events;
}

/** Plays `count` mutated streams; throws where something is left or a number is none. Answers with the rows made. */
export function playStories(count: number, seed: number): number {
  const next = random(seed);
  const files = new FileTracker();
  let rows = 0;
  for (let i = 0; i < count; i++) {
    const flow = new StreamFlow({ port: i });
    const analyser = new HttpAnalyser(flow, files);
    play(analyser, story(next), next() < 0.3 ? 1 + Math.floor(next() * 20) : Infinity);
    if (!analyser.isDone || analyser.transactions.pending > 0) throw new Error(`story ${i} is not over`);
    rows += flow.rows.length;
    for (const { row } of flow.rows) {
      for (const name of ['request_body_len', 'response_body_len', 'seen_bytes', 'missing_bytes', 'duration']) {
        const value = row[name];
        if (value !== undefined && !((value as number) >= 0)) throw new Error(`${name} is ${value as number}`);
      }
    }
  }
  files.finish();
  if (files.waiting > 0) throw new Error('files are left');
  return rows;
}
