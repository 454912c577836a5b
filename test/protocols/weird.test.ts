import { expect, test } from 'vitest';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { tcp, udp } from '../../core/packet/build/transport.ts';
import { IpProtocol } from '../../core/packet/numbers.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import { runProtocols } from './protocolRun.ts';

function captured(frames: readonly Uint8Array[]): CapturedPacket[] {
  return frames.map((bytes, i) => ({ seconds: 1_700_000_000, nanos: i * 1e6, bytes, len: bytes.length }));
}

test('what does not decode has a row, under the name that Zeek gives it, once a pair', async () => {
  const addresses = { source: '192.0.2.1', destination: '192.0.2.2' };
  const shortTcp = ethernet({}, ipv4({ ...addresses, protocol: IpProtocol.TCP }, new Uint8Array(10)));
  const badOffset = tcp({ sourcePort: 1, destinationPort: 2 });
  badOffset[12] = 0x10;
  const wrongTcp = ethernet({}, ipv4({ ...addresses, protocol: IpProtocol.TCP }, badOffset));
  const header = { sourcePort: 1, destinationPort: 2, length: 4 };
  const wrongUdp = ethernet({}, ipv4({ ...addresses, protocol: IpProtocol.UDP }, udp(header, new Uint8Array(20))));
  const noVersion = ethernet({ type: 0x800 }, new Uint8Array(30));
  const { rows } = await runProtocols(captured([shortTcp, shortTcp, wrongTcp, wrongUdp, noVersion, noVersion]));
  const seen = rows['weird']!.map((row) => [row['name'], row['source'], row['id.orig_h'], row['id.resp_h']]);
  expect(seen).toEqual([
    ['truncated_header', 'TCP', '192.0.2.1', '192.0.2.2'],
    ['bad_TCP_header_len', 'TCP', '192.0.2.1', '192.0.2.2'],
    ['UDP_datagram_length_mismatch', 'UDP', '192.0.2.1', '192.0.2.2'],
    ['unknown_ip_version', 'IP', undefined, undefined],
  ]);
});
