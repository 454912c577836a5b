import { expect, test } from 'vitest';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { icmp, tcp, udp } from '../../core/packet/build/transport.ts';
import { Decoder } from '../../core/packet/decoder.ts';
import { NetworkSet, nonGlobalNetworks } from '../../core/packet/networkSet.ts';
import type { ConnRecord } from '../../core/records/conn.ts';
import { FlowClock } from './clock.ts';
import { readConnection } from './connection.ts';
import { Flows } from './flows.ts';

const flagBits: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16 };

/** Sends packets through decoder and flows, and collects the rows of connections that are over. */
class Wire {
  readonly rows: ConnRecord[] = [];
  readonly #clock = new FlowClock();
  readonly #decoder = new Decoder();
  readonly #flows: Flows;

  constructor() {
    const local = new NetworkSet(nonGlobalNetworks);
    const seed = Uint32Array.from({ length: 20 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
    this.#flows = new Flows(1024, seed, this.#clock, {
      feed: () => undefined,
      ended: (slot) => {
        const { table, tracker } = this.#flows;
        this.rows.push(readConnection({ table, tracker, sensor: 'test/a', local }, slot));
      },
    });
  }

  /** A packet at `time` milliseconds from one of the two hosts: `>` from the client's, `<` from the server's. */
  send(time: number, from: string, protocol: number, transport: Uint8Array): void {
    const [client, server] = ['192.0.2.9', '198.51.100.1'];
    const source = from === '>' ? client : server;
    const destination = from === '>' ? server : client;
    const packet = ipv4({ source, destination, protocol }, transport);
    const seconds = 1000 + Math.floor(time / 1000);
    const nanos = (time % 1000) * 1_000_000;
    this.#clock.advance(seconds, nanos);
    const { frame } = this.#flows;
    frame.seconds[0] = seconds;
    frame.nanos = nanos;
    frame.octets = packet.length + 14;
    this.#decoder.decodeDatagram(packet, new DataView(packet.buffer), packet.length);
    this.#flows.packet(this.#decoder.fields);
  }

  /** `"10 > SA seq ack [length] [w0]"`, one packet a line; ports 40000 and `port`. */
  tcp(lines: string, port = 443): this {
    for (const line of lines.trim().split('\n')) {
      const [time, from, flags, sequence, acknowledgement, length, window] = line.trim().split(/ +/u);
      const isClient = from === '>';
      const header = {
        sourcePort: isClient ? 40_000 : port,
        destinationPort: isClient ? port : 40_000,
        flags: flags!.split('').reduce((bits, flag) => bits | flagBits[flag]!, 0),
        sequence: Number(sequence) >>> 0,
        acknowledgement: Number(acknowledgement) >>> 0,
        window: window === 'w0' ? 0 : 1000,
      };
      this.send(Number(time), from!, 6, tcp(header, new Uint8Array(Number(length ?? 0))));
    }
    return this;
  }

  end(): ConnRecord[] {
    this.#flows.table.flush();
    return this.rows;
  }
}

const handshake = '0 > S 100 0\n20 < SA 500 101\n30 > A 101 501\n';

/** State, history, payload of both, missed octets of the only connection. */
function brief(lines: string, port?: number): string {
  const rows = new Wire().tcp(lines, port).end();
  return rows
    .map(
      (row) => `${row.conn_state} ${row.history} ${row.orig_bytes ?? '-'} ${row.resp_bytes ?? '-'} ${row.missed_bytes}`,
    )
    .join(' | ');
}

test.each([
  ['a SYN alone', '0 > S 100 0', 'S0 S - - 0'],
  ['established', handshake, 'S1 ShA 0 0 0'],
  [
    'opened, used and closed',
    `${handshake}40 > PA 101 501 50\n50 < A 501 151\n60 < PA 501 151 70\n70 > FA 151 571\n80 < FA 571 152\n90 > A 152 572`,
    'SF ShADadFf 50 70 0',
  ],
  ['refused', '0 > S 100 0\n1 < RA 0 101', 'REJ Sr 0 0 0'],
  ['reset by the originator', `${handshake}40 > R 101 0`, 'RSTO ShAR 0 0 0'],
  ['reset by the responder', `${handshake}40 < R 501 0`, 'RSTR ShAr 0 0 0'],
  ['a SYN and a RST', '0 > S 100 0\n5 > R 101 0', 'RSTOS0 SR 0 0 0'],
  ['a SYN and a FIN', '0 > S 100 0\n5 > F 101 0', 'SH SF 0 0 0'],
  ['half closed by the originator', `${handshake}40 > FA 101 501\n41 < A 501 102`, 'S2 ShAFa 0 0 0'],
  ['half closed by the responder', `${handshake}40 < FA 501 101\n41 > A 101 502`, 'S3 ShAf 0 0 0'],
  ['a SYN-ACK and a RST', '0 < SA 500 101\n9 < R 501 0', 'RSTRH ^hr 0 0 0'],
  ['a SYN-ACK and a FIN', '0 < SA 500 101\n9 < FA 501 101', 'SHR ^hf 0 0 0'],
  ['in the middle, from the server', '0 < PA 500 101 10\n9 > A 101 510', 'OTH ^dA 0 10 0'],
  ['in the middle, from the client', '0 > PA 100 500 10\n9 < A 500 110', 'OTH Da 10 0 0'],
  ['sent again', `${handshake}40 > PA 101 501 50\n240 > PA 101 501 50\n250 < A 501 151`, 'S1 ShADTa 50 0 0'],
  ['a window of zero', `${handshake}40 < A 501 101 0 w0`, 'S1 ShAaw 0 0 0'],
  ['SYN with FIN', '0 > SF 100 0', 'SH Q - - 0'],
  ['FIN with RST', `${handshake}40 > FRA 101 501`, 'RSTO ShAI 0 0 0'],
  ['a hole', `${handshake}40 > PA 101 501 50\n50 > PA 201 501 50\n60 < A 501 251`, 'S1 ShADaG 150 0 50'],
  [
    'a hole that is filled in time',
    `${handshake}40 > PA 151 501 50\n50 > PA 101 501 50\n60 < A 501 201`,
    'S1 ShADTa 100 0 0',
  ],
  [
    'two holes',
    `${handshake}40 > PA 111 501 10\n50 > PA 131 501 10\n60 < A 501 141\n70 > PA 141 501 10\n80 < A 501 151`,
    'S1 ShADaG 50 0 20',
  ],
  [
    'seven holes at a time, one of them filled',
    `${handshake}${[111, 131, 151, 171, 191, 211, 231, 161].map((at) => `40 > PA ${at} 501 10\n`).join('')}60 < A 501 241`,
    'S1 ShADTaG 140 0 60',
  ],
  ['only the server is seen to send', `${handshake}40 < A 501 301`, 'S1 ShAaG 200 0 200'],
  [
    'sequence numbers that go round',
    `0 > S 4294967290 0\n20 < SA 500 4294967291\n30 > A 4294967291 501\n40 > PA 4294967291 501 20\n50 < A 501 15\n60 > FA 15 501\n70 < A 501 16`,
    'S2 ShADaF 20 0 0',
  ],
])('%s', (_, lines, expected) => {
  expect(brief(lines)).toBe(expected);
});

test('the SYN of an attempt times out five seconds after the first one, however often it is sent', () => {
  const rows = new Wire().tcp('0 > S 100 0\n1000 > S 100 0\n3000 > S 100 0\n7000 > S 100 0').end();
  expect(rows.map((row) => [row.conn_state, row.history, row.orig_pkts])).toEqual([
    ['S0', 'S', 3],
    ['S0', 'S', 1],
  ]);
});

test('a SYN with another number is another connection, one with the same is the same', () => {
  expect(brief(`${handshake}40 > S 9000 0`)).toBe('S1 ShA 0 0 0 | S0 S - - 0');
  expect(brief(`${handshake}40 > S 100 0`)).toBe('S1 ShA 0 0 0');
});

test('a closed connection lives five seconds on and is not lengthened by what comes then', () => {
  const close = `${handshake}70 > FA 101 501\n80 < FA 501 102\n90 > A 102 502\n`;
  const [row, ...more] = new Wire().tcp(`${close}3000 > A 102 502`).end();
  expect([row!.duration?.toFixed(2), row!.orig_pkts, more.length]).toEqual(['0.08', 5, 0]);
  expect(new Wire().tcp(`${close}6000 > A 102 502`).end().length).toBe(2);
});

test('the round trip is that of the handshake, and unknown when a SYN was sent again', () => {
  const [row] = new Wire().tcp(handshake).end();
  expect([row!.rtt, row!.orig_retransmits, row!.local_orig, row!.local_resp]).toEqual([0.03, 0, true, true]);
  const [again] = new Wire().tcp(`0 > S 100 0\n${handshake}`).end();
  expect(again!.rtt).toBeUndefined();
});

test('letters of holes and segments sent again come at 1, 10 and 100 times, and histories end at 32 letters', () => {
  let lines = `${handshake}40 > PA 101 501 50\n`;
  for (let i = 0; i < 100; i++) lines += '50 > PA 101 501 50\n';
  expect(brief(lines)).toBe('S1 ShADTTT 50 0 0');
  let resets = '0 > S 100 0\n';
  for (let i = 0; i < 60; i++) resets += `1 > R ${101 + i} 0\n`;
  const [row] = new Wire().tcp(resets).end();
  expect(row!.history).toBe(`S${'R'.repeat(31)}`);
});

test('UDP: the likely server is the responder, and one minute of silence ends it', () => {
  const wire = new Wire();
  wire.send(0, '<', 17, udp({ sourcePort: 123, destinationPort: 5000 }, new Uint8Array(48)));
  wire.send(10, '>', 17, udp({ sourcePort: 5000, destinationPort: 123 }, new Uint8Array(20)));
  wire.send(61_000, '>', 17, udp({ sourcePort: 5000, destinationPort: 123 }, new Uint8Array(20)));
  const rows = wire.end();
  expect(rows.map((row) => [row['id.orig_h'], row['id.resp_p'], row.conn_state, row.history])).toEqual([
    ['192.0.2.9', 123, 'SF', '^dD'],
    ['192.0.2.9', 123, 'S0', 'D'],
  ]);
  expect([rows[0]!.orig_bytes, rows[0]!.resp_bytes, rows[0]!.resp_ip_bytes]).toEqual([20, 48, 76]);
});

test('ICMP: request and reply are one row without history', () => {
  const wire = new Wire();
  wire.send(0, '>', 1, icmp({ type: 8, code: 0 }, new Uint8Array(56)));
  wire.send(10, '<', 1, icmp({ type: 0, code: 0 }, new Uint8Array(56)));
  const [row, ...more] = wire.end();
  expect(more).toEqual([]);
  expect([row!['id.orig_p'], row!['id.resp_p'], row!.proto, row!.conn_state, row!.history]).toEqual([
    8,
    0,
    'icmp',
    'OTH',
    undefined,
  ]);
  expect([row!.orig_bytes, row!.resp_bytes]).toEqual([56, 56]);
});
