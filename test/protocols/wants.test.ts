import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dns } from '../../core/packet/build/dns.ts';
import { readCaptures } from '../../sensor/read.ts';
import { toPcap } from '../captures/captureBytes.ts';
import { dhcpMessage } from '../dhcp/dhcpBytes.ts';
import { kexInit } from '../ssh/sshBytes.ts';
import { clientHello, handshake, serverHello } from '../tls/handshakeBytes.ts';
import { tcpConversation, type Turn, udpConversation } from './tcpConversation.ts';

const client = (payload: string | Uint8Array): Turn => ({ from: 'client', payload: octets(payload) });
const server = (payload: string | Uint8Array, lost = false): Turn => ({
  from: 'server',
  payload: octets(payload),
  lost,
});

function octets(payload: string | Uint8Array): Uint8Array {
  return Uint8Array.from(typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload);
}

/** Text that gzip makes little smaller, so that it comes in several segments. */
const text = Buffer.from(Array.from({ length: 9000 }, (_, i) => 32 + (((i * i * 7919) % 9973) % 90)));
const zipped = gzipSync(text);
const parts = gzipSync('--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b--\r\n');
const get = 'GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n';
const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`;
const partsHead = `HTTP/1.1 206 P\r\nContent-Encoding: gzip\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Length: ${parts.length}\r\n\r\n`;
const notFound = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';
const hello = [
  client(octets(Uint8Array.from(handshake(clientHello())))),
  server(Uint8Array.from(handshake(serverHello()))),
];

const packets = [
  ...tcpConversation({ clientPort: 1001, serverPort: 80 }, [
    client(get),
    server(head),
    server(zipped),
    client(get),
    server(partsHead),
    server(parts),
    client(get),
    server(notFound),
  ]),
  // A hole within what is compressed: the answers behind it count.
  ...tcpConversation({ clientPort: 1002, serverPort: 8081 }, [
    client(get),
    server(head),
    server(zipped.subarray(0, 4200)),
    server(zipped.subarray(4200, 5600), true),
    server(zipped.subarray(5600)),
    client(get),
    server(notFound),
  ]),
  ...tcpConversation({ clientPort: 1003, serverPort: 443 }, hello),
  ...tcpConversation({ clientPort: 1004, serverPort: 25 }, [
    server('220 mx\r\n'),
    client('EHLO a\r\n'),
    server('250 ok\r\n'),
    client('STARTTLS\r\n'),
    server('220 go\r\n'),
    ...hello,
  ]),
  ...tcpConversation({ clientPort: 1005, serverPort: 21 }, [
    server('220 hi\r\n'),
    client('AUTH TLS\r\n'),
    server('234 go\r\n'),
    ...hello,
  ]),
  ...tcpConversation({ clientPort: 1006, serverPort: 22 }, [
    server('SSH-2.0-b\r\n'),
    client('SSH-2.0-a\r\n'),
    client(kexInit()),
    server(kexInit()),
  ]),
  ...tcpConversation({ clientPort: 1008, serverPort: 853 }, hello),
  ...udpConversation({ clientPort: 68, serverPort: 67 }, [client(dhcpMessage())]),
  ...udpConversation({ clientPort: 1007, serverPort: 53 }, [client(dns({ name: 'a.example' }))]),
];

test('counts are the same whether rows are wanted or not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'picket-wants-'));
  try {
    const file = join(folder, 'made.pcap');
    writeFileSync(file, toPcap(packets));
    const counts = { filter: '', checksums: false, windows: false, windowSeconds: 10, by: 'octets' as const };
    const options = { ...counts, paths: [file], top: 10, workers: 1, registers: true };
    const without = await readCaptures(options);
    const logs = { directory: join(folder, 'logs'), format: 'json' as const, now: () => new Date(0) };
    expect(await readCaptures({ ...options, logs })).toEqual(without);
    expect(without).toMatchObject({ http: { requests: 5, responses: 5 }, tls: { clientHellos: 4 } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
