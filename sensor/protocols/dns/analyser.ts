import { DNS_HEADER, DnsMessage, DnsVerdict } from '../../../core/dns/message.ts';
import { netbiosName } from '../../../core/dns/netbios.ts';
import { className, opcodeName, Opcode, rcodeName, typeName } from '../../../core/dns/numbers.ts';
import type { DnsRecord } from '../../../core/records/dns.ts';
import { Exchanges, type DnsRow } from './exchanges.ts';

/** Ports of name servers: DNS, NetBIOS names, mDNS, LLMNR. */
const NETBIOS_PORT = 137;
const MDNS_PORT = 5353;
const ports: ReadonlySet<number> = new Set([53, NETBIOS_PORT, MDNS_PORT, 5355]);
/** Octets of a flow and direction that are looked at before it is known to be DNS; then only headers, for Zeek's rows. */
const MOST_UNKNOWN = 8192;
/** Messages of all flows that may wait for their other half; beyond, the flow that adds one gives up its own. */
const MOST_WAITING = 65_536;
/** Characters of answers that may wait. */
const MOST_CHARACTERS = 32 << 20;

/** What identifies a flow in its rows. */
export type DnsFlowId = Pick<DnsRecord, 'uid' | 'id.orig_h' | 'id.orig_p' | 'id.resp_h' | 'id.resp_p' | 'proto'>;

/** What the analyser asks of the flow table, and tells it. `slot` names a flow until `end`. */
export interface DnsFlows {
  id(slot: number): DnsFlowId;
  /**
   * The first message is an answer by who was taken for the originator: the roles are the other way round, unless it
   * went to a group. Answers whether they were turned.
   */
  turnRound(slot: number): boolean;
  /** It is no DNS, though it was taken for it. */
  violation(slot: number): void;
}

/** What was done, to be told and asserted. */
export interface DnsCounters {
  /** Datagrams that were looked at, and octets of them that were. */
  entered: number;
  octets: number;
  /** Flows with a message that is none of DNS. */
  refused: number;
  /** Messages that were given up unmatched for want of room. */
  dropped: number;
}

interface Flow {
  id: DnsFlowId;
  exchanges: Exchanges;
  isNetbios: boolean;
  isConfirmed: boolean;
  isAlien: boolean;
  isRefused: boolean;
  isFirst: boolean;
  /** Octets looked at while not confirmed, by direction (0 = originator). */
  unknown: [number, number];
}

/**
 * DNS over datagrams: one row a query with its answer, as Zeek's script makes them. State is by flow, begins with the
 * first datagram to a port of name servers and goes with `end`. Memory is bounded whatever comes.
 */
export class DnsAnalyser {
  readonly counters: DnsCounters = { entered: 0, octets: 0, refused: 0, dropped: 0 };
  readonly #flows: DnsFlows;
  readonly #out: (row: DnsRecord) => void;
  readonly #state: Map<number, Flow> = new Map();
  readonly #message: DnsMessage = new DnsMessage();
  #waiting = 0;
  #characters = 0;

  constructor(flows: DnsFlows, out: (row: DnsRecord) => void) {
    this.#flows = flows;
    this.#out = out;
  }

  /** Whether datagrams to that port are looked at. */
  static isPort(port: number): boolean {
    return ports.has(port);
  }

  /** What is held now. */
  get waiting(): { messages: number; characters: number; flows: number } {
    return { messages: this.#waiting, characters: this.#characters, flows: this.#state.size };
  }

  /** Whether it has state of that flow: a turned-round one goes on though its responder has another port. */
  has(slot: number): boolean {
    return this.#state.has(slot);
  }

  /** A datagram of a flow whose responder has one of the ports: `bytes[from .. to)`, at `time` seconds. */
  datagram(slot: number, isOriginator: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    let flow = this.#state.get(slot);
    if (flow === undefined) {
      if (to <= from) return;
      flow = this.#begin(slot);
    }
    if (flow.isRefused) return;
    const message = this.#message;
    const isOver = !flow.isConfirmed && flow.unknown[isOriginator ? 0 : 1] >= MOST_UNKNOWN;
    const verdict = message.read(bytes, from, isOver ? Math.min(to, from + DNS_HEADER) : to, flow.isNetbios);
    this.counters.entered++;
    this.counters.octets += message.looked;
    if (!flow.isConfirmed) flow.unknown[isOriginator ? 0 : 1] += message.looked;
    if (verdict === DnsVerdict.SHORT) return;
    if (flow.isFirst && message.isResponse && isOriginator && this.#flows.turnRound(slot)) {
      flow.id = this.#flows.id(slot);
    }
    flow.isFirst = false;
    this.#take(flow, message, time);
    if (verdict === DnsVerdict.WHOLE) flow.isConfirmed = true;
    else if (verdict === DnsVerdict.ALIEN) this.#refuse(flow, slot);
  }

  /** The flow is over: its rows that wait are handed out. Answers with its service, if it is known to be DNS. */
  end(slot: number): 'dns' | undefined {
    const flow = this.#state.get(slot);
    if (flow === undefined) return undefined;
    this.#state.delete(slot);
    this.#flush(flow);
    return flow.isConfirmed && !flow.isRefused ? 'dns' : undefined;
  }

  #begin(slot: number): Flow {
    const id = this.#flows.id(slot);
    const flow: Flow = {
      id,
      exchanges: new Exchanges(),
      isNetbios: id['id.resp_p'] === NETBIOS_PORT,
      isConfirmed: false,
      isAlien: false,
      isRefused: false,
      isFirst: true,
      unknown: [0, 0],
    };
    this.#state.set(slot, flow);
    return flow;
  }

  /** What was DNS is left alone from here on; what never was goes on to have rows, as in Zeek. */
  #refuse(flow: Flow, slot: number): void {
    if (!flow.isAlien) {
      this.#flows.violation(slot);
      this.counters.refused++;
    }
    flow.isAlien = true;
    flow.isRefused = flow.isConfirmed;
  }

  #take(flow: Flow, message: DnsMessage, time: number): void {
    if (!isFollowed(message.opcode)) return;
    const row = this.#rowOf(flow, message, time);
    row.opcode = message.opcode;
    row.opcode_name = opcodeName(message.opcode, flow.isNetbios);
    if (message.isResponse) this.#fillReply(row, message, time);
    else if (message.asked > 0) fillQuery(row, message, flow.isNetbios);
    if (message.isResponse && message.asked > 0 && message.records === 0) row.rejected = true;
    if (message.isResponse) row.hasReply = true;
    else row.hasQuery = true;
    if ((row.hasQuery && row.hasReply) || flow.id['id.resp_p'] === MDNS_PORT) {
      this.#give(row);
    } else if (this.#waiting > MOST_WAITING || this.#characters > MOST_CHARACTERS) {
      this.counters.dropped += flow.exchanges.size;
      this.#flush(flow);
    }
  }

  /** mDNS has one id for all, so there nothing is matched: each message has a row of its own. */
  #rowOf(flow: Flow, message: DnsMessage, time: number): DnsRow {
    const make = (): DnsRow => this.#make(flow, message.id, time);
    if (flow.id['id.resp_p'] === MDNS_PORT) return make();
    const { exchanges } = flow;
    return message.isResponse
      ? exchanges.reply(message.id, make, this.#give)
      : exchanges.query(message.id, make, this.#give);
  }

  #make(flow: Flow, id: number, time: number): DnsRow {
    this.#waiting++;
    return {
      ts: time,
      ...flow.id,
      trans_id: id,
      AA: false,
      TC: false,
      RD: false,
      RA: false,
      Z: 0,
      rejected: false,
      hasQuery: false,
      hasReply: false,
    };
  }

  #fillReply(row: DnsRow, message: DnsMessage, time: number): void {
    row.rcode = message.rcode;
    row.rcode_name = rcodeName(message.rcode);
    if (message.rcode !== 0 && message.questions === 0) row.rejected = true;
    if (message.told === 0) return;
    row.query ??= message.owner;
    row.AA = message.AA;
    row.RA = message.RA;
    // An answer without its query has no round trip.
    if (row.rtt === undefined && time !== row.ts) row.rtt = time - row.ts;
    if (message.answers.length === 0) return;
    row.answers = row.answers === undefined ? message.answers : [...row.answers, ...message.answers];
    row.TTLs = row.TTLs === undefined ? message.ttls : [...row.TTLs, ...message.ttls];
    this.#characters += charactersOf(message.answers);
  }

  readonly #give = (row: DnsRow): void => {
    this.#waiting--;
    if (row.answers !== undefined) this.#characters -= charactersOf(row.answers);
    const { hasQuery: _query, hasReply: _reply, ...printed } = row;
    this.#out(printed);
  };

  #flush(flow: Flow): void {
    flow.exchanges.flush(this.#give);
  }
}

/** Opcodes that Zeek's script has rows of; NetBIOS's registration has the number of an update. */
function isFollowed(opcode: number): boolean {
  return opcode === Opcode.QUERY || opcode === Opcode.NOTIFY || opcode === Opcode.UPDATE;
}

function fillQuery(row: DnsRow, message: DnsMessage, isNetbios: boolean): void {
  row.RD = message.RD;
  row.TC = message.TC;
  row.Z = message.Z;
  row.qclass = message.qclass;
  row.qclass_name = className(message.qclass);
  row.qtype = message.qtype;
  row.qtype_name = typeName(message.qtype);
  row.query = message.query;
  if (!isNetbios) return;
  row.query = netbiosName(message.query) || message.query;
  // NetBIOS's node status had the number before SRV.
  if (row.qtype_name === 'SRV') row.qtype_name = 'NBSTAT';
}

function charactersOf(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) sum += text.length;
  return sum;
}
