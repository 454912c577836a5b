import { expect, test } from 'vitest';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { dhcpMessage } from '../dhcp/dhcpBytes.ts';
import { kexInit, newKeys, reply } from '../ssh/sshBytes.ts';
import { clientHello, handshake, serverHello } from '../tls/handshakeBytes.ts';
import { runProtocols } from './protocolRun.ts';
import { tcpConversation, type Turn, udpConversation } from './tcpConversation.ts';

const client = (payload: string | Uint8Array): Turn => ({ from: 'client', payload: octets(payload) });
const server = (payload: string | Uint8Array): Turn => ({ from: 'server', payload: octets(payload) });

function octets(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? Uint8Array.from(Buffer.from(payload, 'latin1')) : payload;
}

test.each([22, 9999])('SSH to port %d has its row and service', async (serverPort) => {
  const { rows } = await runProtocols(
    tcpConversation({ server: '8.8.8.8', clientPort: 40_000, serverPort }, [
      server('SSH-2.0-b\r\n'),
      client('SSH-2.0-a\r\n'),
      client(kexInit()),
      server(kexInit()),
      server(reply(31, 'key')),
      server(newKeys),
      client(newKeys),
      client(new Uint8Array(64)),
    ]),
  );
  expect(rows['ssh']).toMatchObject([{ client: 'SSH-2.0-a', server: 'SSH-2.0-b', version: 2, direction: 'OUTBOUND' }]);
  expect(rows['conn']).toMatchObject([{ service: 'ssh', uid: rows['ssh']?.[0]?.['uid'] }]);
});

test.each([
  [
    'smtp',
    25,
    [server('220 mx\r\n'), client('EHLO a\r\n'), server('250 ok\r\n'), client('STARTTLS\r\n'), server('220 go\r\n')],
  ],
  [
    'smtp',
    2525,
    [server('220 mx\r\n'), client('EHLO a\r\n'), server('250 ok\r\n'), client('STARTTLS\r\n'), server('220 go\r\n')],
  ],
  ['ftp', 21, [server('220 hi\r\n'), client('AUTH TLS\r\n'), server('234 go\r\n')]],
])('TLS is found inside of %s to port %d', async (name, serverPort, begun) => {
  const hello = Uint8Array.from(handshake(clientHello()));
  const answer = Uint8Array.from(handshake(serverHello()));
  const turns = [...begun, client(hello), server(answer)];
  const { rows } = await runProtocols(tcpConversation({ clientPort: 40_000, serverPort }, turns));
  expect(String(rows['conn']?.[0]?.['service']).split(',')).toEqual(expect.arrayContaining([name]));
  expect(rows['ssl']).toHaveLength(1);
});

test("DHCP's conversations are looked at by the time of all frames", async () => {
  const ends = { client: '10.0.0.5', server: '10.0.0.1', clientPort: 68, serverPort: 67 };
  const ask = (seconds: number): CapturedPacket[] =>
    udpConversation(ends, [{ from: 'client', payload: dhcpMessage() }], seconds);
  const arp = ethernet({ type: 0x806 }, Uint8Array.from([0, 1, 8, 0, 6, 4, 0, 1, ...new Uint8Array(20)]));
  const quiet = (seconds: number): CapturedPacket => ({ seconds, nanos: 0, bytes: arp, len: arp.length });
  // A look falls between the two messages only with a frame to bring it.
  const { rows } = await runProtocols([...ask(1000), quiet(1011), ...ask(1012)]);
  expect(rows['dhcp']).toHaveLength(2);
  const { rows: joined } = await runProtocols([...ask(1000), ...ask(1004)]);
  expect(joined['dhcp']).toMatchObject([{ ts: 1000, duration: 4, msg_types: ['DISCOVER', 'DISCOVER'] }]);
  expect(joined['conn']).toMatchObject([{ service: 'dhcp' }]);
});
