import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readExtendedPort, readHostPort } from '../../sensor/protocols/ftp/expectedData.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { runProtocols } from './protocolRun.ts';
import { tcpConversation, type Turn } from './tcpConversation.ts';

const client = (payload: string): Turn => ({ from: 'client', payload: Buffer.from(payload) });
const server = (payload: string): Turn => ({ from: 'server', payload: Buffer.from(payload) });
const content = 'what is fetched, '.repeat(400);

function together(...talks: readonly CapturedPacket[][]): CapturedPacket[] {
  return talks.flat().sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos);
}

const passive = { client: '10.1.0.1', server: '198.51.100.7', clientPort: 40_001, serverPort: 50_000 };
const active = { client: '198.51.100.7', server: '10.1.0.1', clientPort: 20, serverPort: 50_000 };

test.each([
  ['PASV', [client('PASV\r\n'), server('227 Entering Passive Mode (198,51,100,7,195,80).\r\n')], passive],
  ['EPSV', [client('EPSV\r\n'), server('229 Entering Extended Passive Mode (|||50000|)\r\n')], passive],
  ['PORT', [client('PORT 10,1,0,1,195,80\r\n'), server('200 ok\r\n')], active],
  ['EPRT', [client('EPRT |1|10.1.0.1|50000|\r\n'), server('200 ok\r\n')], active],
])('what a data connection carries is a file (%s)', async (_name, agreed, ends) => {
  const login = [server('220 hi\r\n'), client('USER a\r\n'), server('230 in\r\n')];
  const control = tcpConversation({ clientPort: 40_000, serverPort: 21 }, [...login, ...agreed]);
  const data = tcpConversation(ends, [ends === passive ? server(content) : client(content)], 1_700_000_002);
  const { rows, left } = await runProtocols(together(control, data));
  expect(rows['files']).toMatchObject([
    {
      source: 'FTP_DATA',
      is_orig: ends === active,
      depth: 0,
      seen_bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      'id.resp_p': 50_000,
    },
  ]);
  expect(rows['conn']?.map((row) => row['service']).toSorted()).toEqual(['ftp', 'ftp-data']);
  expect(left).toBe(0);
});

test('a connection that nobody announced, or that was announced long before, is none', async () => {
  const login = [server('220 hi\r\n'), client('USER a\r\n'), server('230 in\r\n'), client('PORT 10,1,0,1,195,80\r\n')];
  const control = tcpConversation({ clientPort: 40_000, serverPort: 21 }, login);
  const other = tcpConversation({ ...active, serverPort: 50_001 }, [client(content)], 1_700_000_002);
  const late = tcpConversation(active, [client(content)], 1_700_000_400);
  expect((await runProtocols(together(control, other, late))).rows['files']).toBeUndefined();
});

test('ends are read or are none', () => {
  expect(readHostPort('(1,2,3,4,5,6)')).toEqual({ words: Uint32Array.of(0, 0, 0xffff, 0x01020304), port: 1286 });
  expect(readExtendedPort('|2|2001:db8::7|5282|')).toEqual({
    words: Uint32Array.of(0x20010db8, 0, 0, 7),
    port: 5282,
  });
  for (const text of ['', '1,2,3,4,5', '256,1,1,1,1,1', '|||70000|']) {
    expect([readHostPort(text), readExtendedPort(text, new Uint32Array(4))]).toEqual([undefined, undefined]);
  }
  expect(readExtendedPort('|1|no|1|')).toBeUndefined();
});
