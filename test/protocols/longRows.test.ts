import { expect, test } from 'vitest';
import { dns, dnsOverTcp, DnsType } from '../../core/packet/build/dns.ts';
import { MOST_ITEMS, MOST_TEXT } from '../../core/records/limits.ts';
import { logs } from '../../core/records/logs.ts';
import { LOGS_SHARED_BYTES, type RowsInput } from '../../sensor/logs/logsOrder.ts';
import { RowBatches } from '../../sensor/logs/rowBatches.ts';
import { clientHello, handshake, serverHello, serverName } from '../tls/handshakeBytes.ts';
import { runProtocols } from './protocolRun.ts';
import { tcpConversation, type Turn } from './tcpConversation.ts';

const client = (payload: string | Uint8Array): Turn => ({ from: 'client', payload: Buffer.from(payload) });
const server = (payload: string | Uint8Array): Turn => ({ from: 'server', payload: Buffer.from(payload) });
const talk = (serverPort: number, turns: readonly Turn[]): ReturnType<typeof runProtocols> =>
  runProtocols(tcpConversation({ clientPort: 40_000, serverPort }, turns));

test('answers of DNS: the first hundred, of each 4,096 characters', async () => {
  const text = [200, ...Buffer.alloc(200, 'a')];
  const long = Array.from({ length: 30 }, () => text).flat();
  const answers = [
    { type: DnsType.TXT, data: long },
    ...Array.from({ length: 300 }, (_, i) => ({ type: DnsType.A, data: `192.0.2.${i % 250}` })),
  ];
  const name = 'many.example';
  const { rows } = await talk(53, [
    client(dnsOverTcp(dns({ name, id: 3 }))),
    server(dnsOverTcp(dns({ name, id: 3, response: true, answers }))),
  ]);
  const row = rows['dns']![0]!;
  expect((row['answers'] as string[]).map((answer) => answer.length).slice(0, 2)).toEqual([MOST_TEXT, 9]);
  expect([row['answers'], row['TTLs']]).toMatchObject([{ length: MOST_ITEMS }, { length: MOST_ITEMS }]);
});

test('a row of HTTP has 256,000 characters of texts at most', async () => {
  const headers = Array.from({ length: 30 }, (_, i) => `Via: ${i}${'v'.repeat(60_000)}\r\n`).join('');
  const { rows } = await talk(80, [
    client(
      `GET /${'u'.repeat(50_000)} HTTP/1.1\r\nHost: a\r\n${headers}Referer: ${'r'.repeat(60_000)}\r\nOrigin: o\r\n\r\n`,
    ),
    server('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  ]);
  const row = rows['http']![0]!;
  expect(row).toMatchObject({ host: 'a', origin: 'o', status_code: 200 });
  expect(row['referrer']).toBeUndefined();
  expect(JSON.stringify(row).length).toBeLessThan(257_000);
  expect(JSON.stringify(row).length).toBeGreaterThan(200_000);
});

test('a server of a long name', async () => {
  const hello = clientHello({ extensions: [serverName('n'.repeat(9000))] });
  const { rows } = await talk(443, [
    client(Uint8Array.from(handshake(hello))),
    server(Uint8Array.from(handshake(serverHello()))),
  ]);
  expect(rows['ssl']).toMatchObject([{ server_name: 'n'.repeat(MOST_TEXT) }]);
});

test('long rows do not wait until there are many', () => {
  const sent: number[] = [];
  const shared = new SharedArrayBuffer(LOGS_SHARED_BYTES);
  const send = (input: RowsInput): unknown => input.type === 'rows' && sent.push(input.rows);
  const batches = new RowBatches({ logs: ['http'], shared, live: true, send });
  const http = logs.find(({ path }) => path === 'http')!;
  for (let i = 0; i < 100; i++) batches.emit(http, { ts: i, user_agent: 'a'.repeat(200_000) });
  expect(sent.length).toBeGreaterThan(3);
  expect(Math.max(...sent)).toBeLessThan(10);
});
