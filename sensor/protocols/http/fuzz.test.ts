import { expect, test } from 'vitest';
import { playStories, random } from '../../../test/support/httpStories.ts';
import { client, play, server, serverEnd, StreamFlow } from '../../../test/support/streamFlow.ts';
import { FileTracker } from '../files/fileTracker.ts';
import { HttpAnalyser } from './analyser.ts';
import { recogniseHttp } from './recognise.ts';

test('whatever comes, nothing is thrown and nothing is left', () => {
  expect(playStories(2500, 20_261_128)).toBeGreaterThan(2500);
});

test('octets of no kind', () => {
  const next = random(7);
  for (let i = 0; i < 500; i++) {
    const bytes = Uint8Array.from({ length: 300 }, () => Math.floor(next() * 256));
    const flow = new StreamFlow({ port: i });
    play(new HttpAnalyser(flow, new FileTracker()), [client(bytes), server(bytes), client(bytes), serverEnd]);
    for (const isOrig of [true, false]) recogniseHttp(isOrig, bytes, bytes.length);
  }
});

test('what a peer can make it hold is bounded', () => {
  const flow = new StreamFlow();
  const analyser = new HttpAnalyser(flow, new FileTracker());
  const long = Buffer.alloc(1 << 20, 'a');
  const give = (isOrig: boolean, text: string | Buffer): void => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
    analyser.data(isOrig, bytes, 0, bytes.length, 1);
  };
  give(true, 'GET / HTTP/1.1\r\nX: ');
  for (let i = 0; i < 8; i++) give(true, long);
  give(true, '\r\nY: a\r\n');
  for (let i = 0; i < 2000; i++) give(true, `  folded ${'b'.repeat(200)}\r\n`);
  give(true, `Via: ${'c'.repeat(100)}\r\n`.repeat(1000));
  give(true, '\r\n');
  expect(flow.weirds).toContain('contentline_size_exceeded');
  expect(flow.weirds).toContain('exceeded_mime_max_header_bytes');
  analyser.finish(2);
  expect(JSON.stringify(flow.rows).length).toBeLessThan(200_000);
});
