import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AccessCounts } from './accessCounts.ts';
import { readAccessLine } from './accessLine.ts';

const common = '192.0.2.7 - ann [28/Nov/2026:22:39:04 +0100] "GET /a?b HTTP/1.1" 404 1234';
const combined = `${common} "http://r/" "Agent \\"x\\" 1"`;

test('lines of the forms common and combined', () => {
  expect(readAccessLine(common)).toEqual({
    server: undefined,
    client: '192.0.2.7',
    time: Date.UTC(2026, 10, 28, 21, 39, 4) / 1000,
    method: 'GET',
    uri: '/a?b',
    status: 404,
    bytes: 1234,
    referrer: undefined,
    userAgent: undefined,
  });
  expect(readAccessLine(combined)).toMatchObject({ referrer: 'http://r/', userAgent: 'Agent \\"x\\" 1' });
  expect(readAccessLine(`www.example.com:443 2001:db8::1 - - ${common.slice(common.indexOf('['))}`)).toMatchObject({
    server: 'www.example.com:443',
    client: '2001:db8::1',
  });
  expect(readAccessLine('::1 - - [01/Jan/2026:00:00:00 -0000] "\\x16\\x03" 400 - "-" "-"')).toMatchObject({
    method: undefined,
    status: 400,
    bytes: 0,
    userAgent: undefined,
  });
});

test('what is no such line is none', () => {
  for (const line of ['', 'a', common.replace('404', 'x'), common.replace('Nov', 'Nev'), common.replace('"', '')]) {
    expect(readAccessLine(line)).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.string(), fc.nat(combined.length), (text, at) => {
      readAccessLine(combined.slice(0, at) + text + combined.slice(at + 1));
      readAccessLine(text);
    }),
  );
});

test('answers are counted by status with client and with server', () => {
  const counts = new AccessCounts();
  const line = readAccessLine(common)!;
  for (const client of ['a', 'b', 'a']) counts.add({ ...line, client }, 'w.log');
  counts.add({ ...line, client: 'a', status: 200, server: 's:80' }, 'w.log');
  expect(counts.report(2)).toEqual({
    requests: 4,
    responses: 4,
    byStatusClient: [
      { status: 404, client: 'a', count: 2, error: 0 },
      { status: 200, client: 'a', count: 1, error: 0 },
    ],
    byStatusServer: [
      { status: 404, server: 'w.log', count: 3, error: 0 },
      { status: 200, server: 's:80', count: 1, error: 0 },
    ],
  });
});
