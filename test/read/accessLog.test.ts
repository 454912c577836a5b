import { expect, test } from 'vitest';
import { picket, temporaryFile } from './reading.ts';

const line = (status: number, client: string): string =>
  `${client} - - [28/Nov/2026:22:39:04 +0100] "GET / HTTP/1.1" ${status} 12 "-" "curl"\n`;

test("--access-log counts what a web server's log says", () => {
  const file = temporaryFile(Buffer.from(`${line(200, '192.0.2.7').repeat(3)}nonsense\n${line(404, '::1')}`), 'a.log');
  const { status, stdout, stderr } = picket(['read', '--access-log', file, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout.toString())).toEqual({
    files: [{ path: file, lines: 5, unread: 1, error: null }],
    http: {
      requests: 4,
      responses: 4,
      byStatusClient: [
        { status: 200, client: '192.0.2.7', count: 3, error: 0 },
        { status: 404, client: '::1', count: 1, error: 0 },
      ],
      byStatusServer: [
        { status: 200, server: 'a.log', count: 3, error: 0 },
        { status: 404, server: 'a.log', count: 1, error: 0 },
      ],
    },
  });
  const missing = picket(['read', '--access-log', file, `${file}.none`]);
  expect(missing.status).toBe(3);
  expect(missing.stderr).toContain('a.log.none');
});
