/** A flow of DNS by hand, for tests: what is sent, what comes of it. */
import { dns, DnsType } from '../../core/packet/build/dns.ts';
import type { Row } from '../../core/records/record.ts';
import { Dns, type DnsOptions } from '../../sensor/protocols/dns/dns.ts';
import type { DatagramAnalyser, FlowId, ProtocolFlow, StreamAnalyser } from '../../sensor/protocols/protocol.ts';

export interface MadeFlow {
  flow: ProtocolFlow;
  rows: Row[];
  /** Services, faults, violations, turns. */
  told: string[];
  id: FlowId;
  /** Octets that were sent. */
  sent: { octets: number };
}

interface Sender {
  stage: Dns;
  /** Gives it to the analyser, unless that is done. */
  send: (isOrig: boolean, bytes: Uint8Array, time: number) => void;
}
export interface OverUdp extends Sender {
  analyser: DatagramAnalyser;
}
export interface OverTcp extends Sender {
  analyser: StreamAnalyser;
}

const GROUP = 0xe000_00fb;

/** A flow to that responder's port, and what was made of it. */
export function createFlow(transport: 'tcp' | 'udp', port: number, isGroup = false): MadeFlow {
  const rows: Row[] = [];
  const told: string[] = [];
  const sent = { octets: 0 };
  const id = {
    uid: 'C1',
    'id.orig_h': '192.0.2.1',
    'id.orig_p': 4000,
    'id.resp_h': '192.0.2.53',
    'id.resp_p': port,
  };
  const flow: ProtocolFlow = {
    slot: 7,
    transport,
    isPartial: false,
    id,
    isOrigLocal: true,
    isRespLocal: true,
    port: (isOrig) => (isOrig ? 4000 : port),
    address: (isOrig, words, at) => words.set([0, 0, 0xffff, isOrig ? 0xc000_0201 : isGroup ? GROUP : 0xc000_0235], at),
    payload: () => sent.octets,
    emit: (_log, row) => void rows.push(defined(row)),
    confirm: (service) => void told.push(service),
    hidesDns: (kind) => void told.push(`hides ${kind}`),
    retract: (service) => void told.push(`no ${service}`),
    violation: () => void told.push('violation'),
    turnRound: () => told.push('turned') > 0,
    weird: (name, more) => void told.push(more === undefined ? name : `${name} ${more}`),
    inner: () => {
      throw new Error('DNS has no streams within');
    },
  };
  return { flow, rows, told, id, sent };
}

function defined(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

export function overUdp(port = 53, options: DnsOptions = {}, isGroup = false): MadeFlow & OverUdp {
  const made = createFlow('udp', port, isGroup);
  const stage = new Dns(options);
  const analyser = stage.udp.create(made.flow);
  const send = (isOrig: boolean, bytes: Uint8Array, time: number): void => {
    made.sent.octets += bytes.length;
    if (!analyser.isDone) analyser.datagram(isOrig, bytes, 0, bytes.length, time);
  };
  return { ...made, stage, analyser, send };
}

export function overTcp(options: DnsOptions = {}): MadeFlow & OverTcp {
  const made = createFlow('tcp', 53);
  const stage = new Dns(options);
  const analyser = stage.tcp.create(made.flow);
  const send = (isOrig: boolean, bytes: Uint8Array, time: number): void => {
    made.sent.octets += bytes.length;
    if (!analyser.isDone) analyser.data(isOrig, bytes, 0, bytes.length, time);
  };
  return { ...made, stage, analyser, send };
}

export const query = (number: number, name = 'a.example', type: number = DnsType.A): Uint8Array =>
  dns({ id: number, name, type });
export const answer = (number: number, name = 'a.example'): Uint8Array =>
  dns({ id: number, name, response: true, answers: [{ type: DnsType.A, data: '203.0.113.7', ttl: 30 }] });
/** What a stage holds when all flows are over. */
export const nothing = { flows: 0, messages: 0, characters: 0, octets: 0 };
