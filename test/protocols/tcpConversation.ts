import { ethernet } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { tcp, udp } from '../../core/packet/build/transport.ts';
import { IpProtocol, TcpFlag } from '../../core/packet/numbers.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';

export interface Ends {
  client?: string;
  server?: string;
  clientPort: number;
  serverPort: number;
}

/** Says who speaks and what; a gap is what was sent and not seen. */
export interface Turn {
  from: 'client' | 'server';
  payload: Uint8Array;
  lost?: boolean;
}

const SEGMENT = 1400;

/** Packets of one TCP connection from SYN to FIN, a millisecond apart, in segments of 1,400 octets. */
export function tcpConversation(ends: Ends, turns: readonly Turn[], seconds = 1_700_000_000): CapturedPacket[] {
  const packets: CapturedPacket[] = [];
  const next = { client: 1000, server: 5_000_000 };
  const send = (from: 'client' | 'server', flags: number, payload: Uint8Array, lost = false): void => {
    const other = from === 'client' ? 'server' : 'client';
    const header = {
      sourcePort: from === 'client' ? ends.clientPort : ends.serverPort,
      destinationPort: from === 'client' ? ends.serverPort : ends.clientPort,
      sequence: next[from],
      acknowledgement: (flags & TcpFlag.ACK) === 0 ? 0 : next[other],
      flags,
    };
    next[from] += payload.length + ((flags & (TcpFlag.SYN | TcpFlag.FIN)) === 0 ? 0 : 1);
    if (!lost)
      packets.push(frame(ends, from === 'client', IpProtocol.TCP, tcp(header, payload), seconds, packets.length));
  };
  const none = new Uint8Array(0);
  send('client', TcpFlag.SYN, none);
  send('server', TcpFlag.SYN | TcpFlag.ACK, none);
  send('client', TcpFlag.ACK, none);
  for (const { from, payload, lost } of turns) {
    for (let at = 0; at < payload.length; at += SEGMENT) {
      send(from, TcpFlag.ACK | TcpFlag.PSH, payload.subarray(at, at + SEGMENT), lost);
    }
    send(from === 'client' ? 'server' : 'client', TcpFlag.ACK, none);
  }
  send('client', TcpFlag.FIN | TcpFlag.ACK, none);
  send('server', TcpFlag.FIN | TcpFlag.ACK, none);
  send('client', TcpFlag.ACK, none);
  return packets;
}

/** Packets of one exchange over UDP, a millisecond apart. */
export function udpConversation(ends: Ends, turns: readonly Turn[], seconds = 1_700_000_000): CapturedPacket[] {
  return turns.map(({ from, payload }, i) => {
    const isClient = from === 'client';
    const header = {
      sourcePort: isClient ? ends.clientPort : ends.serverPort,
      destinationPort: isClient ? ends.serverPort : ends.clientPort,
    };
    return frame(ends, isClient, IpProtocol.UDP, udp(header, payload), seconds, i);
  });
}

function frame(
  { client = '10.1.0.1', server = '198.51.100.7' }: Ends,
  isClient: boolean,
  protocol: number,
  payload: Uint8Array,
  seconds: number,
  count: number,
): CapturedPacket {
  const [source, destination] = isClient ? [client, server] : [server, client];
  const bytes = ethernet({}, ipv4({ source, destination, protocol }, payload));
  const millis = count % 1000;
  return { seconds: seconds + Math.floor(count / 1000), nanos: millis * 1e6, bytes, len: bytes.length };
}
