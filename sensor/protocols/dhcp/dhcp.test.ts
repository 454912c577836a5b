import { describe, expect, test } from 'vitest';
import type { Row } from '../../../core/records/record.ts';
import { dhcpMessage, kind, type Message, text } from '../../../test/dhcp/dhcpBytes.ts';
import { StreamFlow } from '../../../test/support/streamFlow.ts';
import { type DatagramAnalyser, type FlowId, Sign } from '../protocol.ts';
import { createDhcp } from './dhcp.ts';
import { Transactions } from './transactions.ts';

const NOBODY = '0.0.0.0';
const EVERYBODY = '255.255.255.255';
const CLIENT = '192.0.2.5';
const SERVER = '192.0.2.1';

/** A flow of datagrams that keeps what is done to it; rows go to `rows`. */
class Flow {
  readonly inner: StreamFlow = new StreamFlow();
  readonly analyser: DatagramAnalyser;

  constructor(net: Net, uid: string, from: string, fromPort: number, to: string, toPort: number) {
    const id: FlowId = { uid, 'id.orig_h': from, 'id.orig_p': fromPort, 'id.resp_h': to, 'id.resp_p': toPort };
    const flow = Object.assign(this.inner, {
      id,
      transport: 'udp',
      emit: (_log: unknown, row: Row) => net.rows.push(row),
    });
    this.analyser = net.protocol.create(flow);
  }
}

/** A tap with its flows and clock. */
class Net {
  readonly rows: Row[] = [];
  readonly transactions: Transactions = new Transactions(100);
  readonly protocol: ReturnType<typeof createDhcp> = createDhcp(this.transactions);
  readonly asked: Flow = new Flow(this, 'C1', NOBODY, 68, EVERYBODY, 67);
  readonly told: Flow = new Flow(this, 'C2', CLIENT, 68, SERVER, 67);
  readonly shouted: Flow = new Flow(this, 'C3', SERVER, 67, EVERYBODY, 68);

  say(flow: Flow, isOrig: boolean, time: number, message: Message): void {
    this.tick(time);
    const bytes = dhcpMessage(message);
    flow.analyser.datagram(isOrig, bytes, 0, bytes.length, time);
  }

  tick(time: number): void {
    this.protocol.tick?.(time);
  }

  finish(time: number): void {
    for (const flow of [this.asked, this.told, this.shouted]) flow.analyser.finish(time);
  }
}

describe('a conversation', () => {
  test('over several flows is one row', () => {
    const net = new Net();
    net.say(net.asked, true, 1, { options: [kind(1), [12, text('host')], [50, [192, 0, 2, 5]]] });
    net.say(net.shouted, true, 2, { options: [kind(2)], given: [192, 0, 2, 5] });
    net.say(net.asked, true, 3, { options: [kind(3), [61, [1, 2, 0, 0, 0, 0, 7]]] });
    net.say(net.told, false, 4, { options: [kind(5), [51, [0, 0, 0, 60]], [15, text('lan')]], given: [192, 0, 2, 5] });
    net.finish(5);
    expect(net.rows).toEqual([
      {
        ts: 1,
        uids: ['C1', 'C3', 'C2'],
        client_addr: CLIENT,
        server_addr: SERVER,
        mac: '02:00:00:00:00:07',
        host_name: 'host',
        domain: 'lan',
        requested_addr: CLIENT,
        assigned_addr: CLIENT,
        lease_time: 60,
        msg_types: ['DISCOVER', 'OFFER', 'REQUEST', 'ACK'],
        duration: 3,
      },
    ]);
    expect(net.asked.inner.services).toEqual(['dhcp']);
    expect(net.transactions.waiting).toBe(0);
  });

  test('of a client alone has the address it sends from and its hardware address', () => {
    const net = new Net();
    net.say(net.told, true, 1, { options: [kind(4), [56, text('in use')]] });
    net.finish(2);
    expect(net.rows).toMatchObject([{ client_addr: CLIENT, mac: '02:00:00:00:00:01', client_message: 'in use' }]);
  });

  test('a refusal tells its reason, and no server', () => {
    const net = new Net();
    net.say(net.shouted, true, 1, { options: [kind(6), [56, text('no')]] });
    net.finish(2);
    expect(net.rows[0]).toMatchObject({ server_message: 'no', msg_types: ['NAK'] });
    expect(net.rows[0]).not.toHaveProperty('server_addr');
  });
});

describe('when a row is made', () => {
  test('at a look, every ten seconds, when it was quiet for five', () => {
    const net = new Net();
    net.tick(0);
    net.say(net.asked, true, 1, {});
    net.tick(10);
    // It began less than ten seconds before: it waits for the next look.
    expect(net.rows).toHaveLength(0);
    net.say(net.asked, true, 12, {});
    net.tick(20);
    expect(net.rows).toMatchObject([{ ts: 1, duration: 11, msg_types: ['DISCOVER', 'DISCOVER'] }]);
    net.say(net.asked, true, 28, {});
    net.finish(29);
    expect(net.rows).toHaveLength(2);
  });

  test('what goes on is looked at again, until it is half a minute old', () => {
    const net = new Net();
    for (let time = 0; time <= 40; time += 4) net.say(net.asked, true, time, {});
    net.finish(50);
    // Looks are at 0, 12, 24 and 36: only the last finds it older than that.
    expect(net.rows).toMatchObject([
      { ts: 0, duration: 32 },
      { ts: 36, duration: 4 },
    ]);
  });

  test('when it has fifty messages, or ten flows', () => {
    const net = new Net();
    for (let i = 0; i < 50; i++) net.say(net.asked, true, 1, {});
    expect(net.rows).toHaveLength(1);
    for (let i = 0; i < 10; i++) {
      net.say(new Flow(net, `D${i}`, NOBODY, 68, EVERYBODY, 67), true, 2, {});
    }
    expect(net.rows).toHaveLength(2);
    expect(net.transactions.waiting).toBe(0);
  });

  test('when there are too many', () => {
    const net = new Net();
    for (let transaction = 0; transaction < 150; transaction++) net.say(net.asked, true, 1, { transaction });
    expect(net.transactions.waiting).toBe(100);
    expect(net.rows).toHaveLength(50);
    net.finish(1);
    expect(net.rows).toHaveLength(150);
  });
});

test('what is no DHCP is left alone', () => {
  const net = new Net();
  net.say(net.asked, true, 1, { cookie: [0, 0, 0, 0] });
  expect(net.asked.analyser.isDone).toBe(true);
  expect(net.asked.inner.services).toEqual([]);
  expect(net.rows).toEqual([]);
});

test('a message of no kind has its row and is the last', () => {
  const net = new Net();
  net.say(net.asked, true, 1, { options: [] });
  expect(net.asked.analyser.isDone).toBe(true);
  net.finish(2);
  expect(net.rows).toMatchObject([{ msg_types: ['unknown-message-type-0'] }]);
});

test('on other ports it is known by its cookie', () => {
  const protocol = createDhcp();
  const bytes = dhcpMessage();
  expect(protocol.recognise?.(true, bytes, 0, bytes.length)).toBe(Sign.YES);
  expect(protocol.recognise?.(true, bytes, 1, bytes.length)).toBe(Sign.NO);
  expect(protocol.recognise?.(true, bytes, 0, 239)).toBe(Sign.NO);
});
