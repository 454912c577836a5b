import { expect, test } from 'vitest';
import { StreamWire } from '../../../test/support/streamWire.ts';

const CLIENT = 0xffff_fff0;
const SERVER = 500;

/** `"> flags offset ack text"`: offsets of the sender's and the other side's data from their first octet; `|n` cuts n octets off. */
function play(wire: StreamWire, lines: string): StreamWire {
  let time = 1000;
  for (const line of lines.trim().split('\n')) {
    const [from, flags, offset, ack, text = '', cut] = line.trim().split(/ +/u);
    const isClient = from === '>';
    const [own, other] = isClient ? [CLIENT, SERVER] : [SERVER, CLIENT];
    time += 0.01;
    wire.send({
      time: text.startsWith('@') ? (time += Number(text.slice(1))) : time,
      isClient,
      flags: flags!,
      sequence: own + 1 + Number(offset) - (flags!.includes('S') ? 1 : 0),
      acknowledgement: other + 1 + Number(ack),
      payload: text.startsWith('@') ? new Uint8Array(0) : Buffer.from(text, 'latin1'),
      cut: cut === undefined ? 0 : Number(cut.slice(1)),
    });
  }
  return wire;
}

const OPEN = '> S 0 0\n< SA 0 0\n> A 0 0\n';

function told(lines: string): string {
  const { log } = play(new StreamWire(), lines).end();
  return `${log.text(true)} / ${log.text(false)} / ${log.ends.map((isOrig) => (isOrig ? 'F' : 'f')).join('')}`;
}

test.each([
  ['in order, both ways', `${OPEN}> PA 0 0 GET\n< PA 0 3 200\n> PA 3 3 more`, 'GETmore / 200 / '],
  ['past 2^32', `${OPEN}> PA 0 0 0123456789\n> PA 10 0 abcdefghij\n> PA 20 0 klm`, '0123456789abcdefghijklm /  / '],
  ['out of order', `${OPEN}> PA 6 0 ghi\n> PA 3 0 def\n> PA 0 0 abc`, 'abcdefghi /  / '],
  ['sent again', `${OPEN}> PA 0 0 abc\n> PA 0 0 abc\n> PA 1 0 bcde`, 'abcde /  / '],
  ['overlaps: the first stays', `${OPEN}> PA 3 0 DEF\n> PA 2 0 xxxxxx\n> PA 0 0 abc`, 'abxDEFxx /  / '],
  ['a hole that is acknowledged', `${OPEN}> PA 0 0 abc\n> PA 6 0 ghi\n< A 0 9`, 'abc[3]ghi /  / '],
  ['a hole at the start', `${OPEN}> PA 3 0 def\n< A 0 6`, '[3]def /  / '],
  ['a hole alone', `${OPEN}> PA 0 0 abc\n< PA 0 9 ok`, 'abc[6] / ok / '],
  ['a hole that nobody acknowledged', `${OPEN}> PA 0 0 abc\n> PA 6 0 ghi`, 'abc /  / '],
  ['not captured whole', `${OPEN}> PA 0 0 abcdef |2\n> PA 6 0 ghi\n< A 0 9`, '[6]ghi /  / '],
  ['FIN', `${OPEN}> PA 0 0 abc\n> FA 3 0\n< FA 0 4\n> A 4 1`, 'abc /  / Ff'],
  ['FIN with data', `${OPEN}> FPA 0 0 abc\n< A 0 4\n> PA 4 0 no`, 'abc /  / F'],
  ['a FIN before the last data', `${OPEN}> FA 3 0\n> PA 0 0 abc\n< A 0 4`, 'abc /  / F'],
  ['RST', `${OPEN}> PA 0 0 abc\n< R 0 3`, 'abc /  / f'],
  ['SYN with data', '> S 0 0 ab\n< SA 0 2\n> PA 2 0 cd', 'abcd /  / '],
  ['in the middle', '> PA 100 50 abc\n< PA 50 103 def\n> PA 103 53 ghi', 'abcghi / def / '],
  ['given up by time', `${OPEN}> PA 0 0 abc\n> PA 6 0 ghi\n> A 9 0 @31\n> PA 12 0 mno`, 'abc[3]ghi[3]mno /  / '],
  ['silent for long', `${OPEN}> PA 0 0 abc\n> PA 6 0 ghi\n> A 9 0 @31`, 'abc /  / '],
])('%s', (_name, lines, expected) => {
  expect(told(lines)).toBe(expected);
});

test('nothing is kept of a flow that is over or dropped', () => {
  const wire = play(new StreamWire(), `${OPEN}> PA 3 0 def`);
  expect(wire.streams.held.octets).toBeGreaterThan(3);
  wire.end();
  expect(wire.streams.held).toEqual({ octets: 0, directions: 0, addresses: 0 });
  expect(wire.streams.counters).toMatchObject({ segments: 1, outOfOrder: 1, dropped: 3, octets: 0 });
});

test('a sink may drop its flow while it is told', () => {
  const wire = play(new StreamWire(), `${OPEN}> PA 3 0 def`);
  wire.log.onData = () => wire.streams.drop(wire.flows.slot);
  play(wire, '> PA 0 0 abc\n> PA 6 0 ghi\n< A 0 9');
  expect(wire.log.text(true)).toBe('abc');
  expect(wire.streams.held).toEqual({ octets: 0, directions: 0, addresses: 0 });
});

test('what follows a drop is another story in the next connection of these ports', () => {
  const wire = play(new StreamWire(), `${OPEN}> PA 0 0 abc`);
  wire.streams.drop(wire.flows.slot);
  play(wire, `> PA 3 0 def\n> FA 6 0\n< FA 0 7\n> A 7 1\n${OPEN}> PA 0 0 new`);
  expect(wire.logs.map((log) => log.text(true))).toEqual(['abc', 'new']);
});

test('different octets at one place are counted', () => {
  const wire = play(new StreamWire(), `${OPEN}> PA 3 0 def\n> PA 4 0 ef\n> PA 3 0 dXf`);
  expect(wire.streams.counters).toMatchObject({ outOfOrder: 1, retransmitted: 2, inconsistent: 1, overlapOctets: 5 });
});

test('where the other side is not in sight a hole is given up after 16 KiB', () => {
  const wire = new StreamWire();
  play(wire, `${OPEN}> PA 3 0 def`);
  expect(wire.log.text(true)).toBe('');
  const payload = Buffer.alloc(1400, 'x');
  const send = (i: number): unknown =>
    wire.send({
      time: 1001,
      isClient: true,
      flags: 'A',
      sequence: CLIENT + 7 + i * 1400,
      acknowledgement: 501,
      payload,
    });
  for (let i = 0; i < 11; i++) send(i);
  expect(wire.log.orig.length).toBe(0);
  send(11);
  expect(wire.log.orig.slice(0, 2)).toEqual([3, Uint8Array.from(Buffer.from('def'))]);
  expect(wire.streams.counters).toMatchObject({ overflowed: 1, gaps: 1, gapOctets: 3 });
  expect(wire.streams.held.octets).toBe(0);
});

test('old holes of flows that are silent make room first', () => {
  const wire = play(new StreamWire({ seconds: 5, total: 600 }), `${OPEN}> PA 3 0 def`);
  const other = { isClient: true, port: 40_001, flags: 'A', acknowledgement: 9, payload: Buffer.from('late') };
  wire.send({ ...other, time: 1010, sequence: 1 });
  wire.send({ ...other, time: 1010, sequence: 9 });
  expect(wire.logs.map((log) => log.text(true))).toEqual(['', 'late']);
  wire.send({ ...other, time: 1010, sequence: 19 });
  expect(wire.logs.map((log) => log.text(true))).toEqual(['[3]def', 'late']);
  expect(wire.streams.counters).toMatchObject({ expired: 1, overflowed: 0 });
});

test('one address can not hold more than its share', () => {
  const share = 8192;
  const wire = new StreamWire({ perAddress: share });
  for (let port = 1; port < 200; port++) {
    const common = { time: 1, isClient: true, port, client: `10.0.0.${port}` };
    wire.send({ ...common, flags: 'S', sequence: 0 });
    wire.send({ ...common, isClient: false, flags: 'SA', sequence: 9, acknowledgement: 1 });
    wire.send({ ...common, flags: 'A', sequence: 5, acknowledgement: 10, payload: Buffer.alloc(100) });
    // The server's address is that of all flows.
    expect(wire.streams.held.octets).toBeLessThanOrEqual(share);
  }
  expect(wire.streams.held.addresses).toBeGreaterThan(20);
  expect(wire.streams.counters.overflowed).toBeGreaterThan(100);
  wire.end();
  expect(wire.streams.held).toEqual({ octets: 0, directions: 0, addresses: 0 });
});

test('a sequence number that no window reaches is none of the stream', () => {
  const wire = play(new StreamWire(), `${OPEN}> PA 0 0 abc\n> PA 1500000000 0 far\n> PA 3 0 def`);
  expect(wire.log.text(true)).toBe('abcdef');
  expect(wire.streams.counters.outOfWindow).toBe(1);
});

test('scans and floods leave no trace', () => {
  const wire = new StreamWire();
  for (let port = 1; port < 500; port++) {
    wire.send({ time: 1, isClient: true, port, flags: 'S', sequence: port });
    wire.send({ time: 1, isClient: false, port, flags: 'RA', sequence: 0, acknowledgement: port + 1 });
  }
  expect(wire.streams.counters.segments).toBe(0);
  expect(wire.streams.held.octets).toBe(0);
});
