/** Conversations of every application protocol that is looked at, made in code: what the fuzz of the whole stage begins from. */
import { gzipSync } from 'node:zlib';
import { dns, dnsOverTcp, DnsType } from '../../core/packet/build/dns.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { dhcpMessage } from '../dhcp/dhcpBytes.ts';
import { tcpConversation, type Turn, udpConversation } from '../protocols/tcpConversation.ts';
import { kexInit, newKeys, reply } from '../ssh/sshBytes.ts';
import * as make from '../tls/handshakeBytes.ts';
import { cryptoFrame, initialPacket, serverPacket } from '../tls/quicPackets.ts';
import { certificate } from '../x509/certificateBytes.ts';

const client = (...parts: (string | Uint8Array | readonly number[])[]): Turn => ({
  from: 'client',
  payload: octets(parts),
});
const server = (...parts: (string | Uint8Array | readonly number[])[]): Turn => ({
  from: 'server',
  payload: octets(parts),
});

function octets(parts: readonly (string | Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))),
  );
}

const hello = make.clientHello({
  sessionId: [1, 2, 3],
  cipherSuites: [0x0a0a, 0x1301, 0xc02f],
  extensions: [make.serverName('www.example.com'), make.groups(29, 23), make.protocols('h2'), make.versions(0x0303)],
});
const chain = make.certificates([...certificate()], [...certificate({ serial: [2, 1, 9] })]);
const tls: readonly Turn[] = [
  client(make.handshake(hello)),
  server(
    make.handshake(make.serverHello({ sessionId: [1, 2, 3] }), chain, make.status([1, 2, 3]), make.keyExchange(23)),
  ),
  client(make.handshake(make.clientKey), make.changeCipherSpec, make.finished),
  server(make.changeCipherSpec, make.finished, make.data(300)),
];
const packed = gzipSync('what is packed '.repeat(3000));
const parts =
  '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nline\r\n' +
  '--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello\r\n--b--\r\n';

const streams: readonly { readonly port: number; readonly turns: readonly Turn[] }[] = [
  { port: 443, turns: tls },
  {
    port: 80,
    turns: [
      client('GET /a%20b HTTP/1.1\r\nHost: x\r\nVia: y\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\n'),
      server(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`, packed),
      server('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'),
      client(
        `POST /3 HTTP/1.1\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Length: ${parts.length}\r\n\r\n`,
      ),
      server('HTTP/1.1 100 Continue\r\n\r\n'),
      client(parts),
      server(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n',
      ),
    ],
  },
  { port: 8080, turns: [client('CONNECT a:443 HTTP/1.1\r\n\r\n'), server('HTTP/1.1 200 Yes\r\n\r\n'), ...tls] },
  {
    port: 80,
    turns: [
      client('GET /r HTTP/1.1\r\nRange: bytes=5-9\r\n\r\n'),
      server('HTTP/1.1 206 P\r\nContent-Range: bytes 5-9/20\r\nContent-Length: 5\r\n\r\nabcde'),
      client('GET /old\r\n\r\n'),
    ],
  },
  {
    port: 22,
    turns: [
      server('hello\r\nSSH-2.0-b\r\n'),
      client('SSH-1.99-a\r\n', kexInit()),
      server(kexInit(), reply(31, 'key'), newKeys),
      client(newKeys, new Uint8Array(64).fill(0x5a)),
      server(new Uint8Array(48).fill(0x5a)),
    ],
  },
  {
    port: 25,
    turns: [
      server('220 mx\r\n'),
      client('EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@c>\r\nDATA\r\n'),
      server('250-mx\r\n250 STARTTLS\r\n250 ok\r\n250 ok\r\n354 go\r\n'),
      client(`Content-Type: multipart/mixed; boundary="b"\r\n\r\n${parts}.\r\nSTARTTLS\r\n`),
      server('250 ok\r\n220 go\r\n'),
      ...tls,
    ],
  },
  { port: 21, turns: [server('220-a\r\n220 hi\r\n'), client('AUTH TLS\r\n'), server('234 go\r\n'), ...tls] },
  { port: 143, turns: [server('* OK\r\n'), client('a STARTTLS\r\n'), server('a OK\r\n'), ...tls] },
  {
    port: 53,
    turns: [
      client(dnsOverTcp(dns({ id: 7, name: 'www.example.com', type: DnsType.AAAA }))),
      server(dnsOverTcp(dns({ id: 7, name: 'www.example.com', response: true, answers: [text('v=spf1'), text('b')] }))),
    ],
  },
];

function text(data: string): { type: number; data: number[] } {
  return { type: DnsType.TXT, data: [data.length, ...Buffer.from(data)] };
}

const query = dns({ id: 9, name: 'printer.example' });
const answer = dns({
  id: 9,
  name: 'printer.example',
  response: true,
  answers: [{ type: DnsType.A, data: '192.0.2.1' }],
});
const dtlsHello = make.clientHelloBody({ version: 0xfefd, cookie: [1], extensions: [make.serverName('d.example')] });
const datagrams: readonly { readonly port: number; readonly turns: readonly Turn[] }[] = [
  ...[53, 137, 5353, 5355].map((port) => ({ port, turns: [client(query), server(answer), client(query)] })),
  { port: 67, turns: [client(dhcpMessage()), server(dhcpMessage())] },
  {
    port: 443,
    turns: [
      client(
        initialPacket([...cryptoFrame(60, hello.slice(60)), ...cryptoFrame(0, hello.slice(0, 60))], {
          destination: [1, 2, 3, 4, 5, 6, 7, 8],
        }),
      ),
      server(serverPacket(0, [9])),
    ],
  },
  {
    port: 4433,
    turns: [
      client(make.dtlsFragment(1, dtlsHello, { sequence: 0 })),
      server(make.dtlsFragment(2, make.serverHelloBody({ version: 0xfefd }), { sequence: 0 })),
      server(make.dtlsFragment(11, chain.slice(4), { sequence: 1, from: 4 })),
      server(make.dtlsFragment(11, chain.slice(4), { sequence: 1, to: 6 })),
    ],
  },
];

const transfer: readonly Turn[] = [
  server('220 hi\r\n'),
  client('USER a\r\nEPSV\r\n'),
  server('331 pass\r\n229 Entering (|||50000|)\r\n'),
];

/** Packets of one conversation each. */
export function stageTalks(): CapturedPacket[][] {
  let clientPort = 40_000;
  const talks = [
    ...streams.map(({ port, turns }) => tcpConversation({ clientPort: clientPort++, serverPort: port }, turns)),
    // By content alone.
    ...streams.map(({ turns }) => tcpConversation({ clientPort: clientPort++, serverPort: 9999 }, turns)),
    ...datagrams.map(({ port, turns }) => udpConversation({ clientPort: clientPort++, serverPort: port }, turns)),
  ];
  talks.push([
    ...tcpConversation({ clientPort: clientPort++, serverPort: 21 }, transfer),
    ...tcpConversation({ clientPort: clientPort++, serverPort: 50_000 }, [server('what is fetched, '.repeat(200))]),
  ]);
  const mixed = makeMixedCapture({ flows: 40, packets: 400 }).packets;
  for (let at = 0; at < mixed.length; at += 20) talks.push(mixed.slice(at, at + 20));
  return talks;
}
