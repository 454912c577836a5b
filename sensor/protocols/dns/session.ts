import { DNS_HEADER, DnsVerdict } from '../../../core/dns/message.ts';
import { Opcode } from '../../../core/dns/numbers.ts';
import { isMulticast } from '../../../core/packet/address.ts';
import { dns } from '../../../core/records/dns.ts';
import type { ProtocolFlow } from '../protocol.ts';
import { Exchanges, type Giver } from './exchanges.ts';
import { Pending } from './pending.ts';
import type { DnsShared } from './shared.ts';

/** What a message that waits takes in memory beside the characters of its answers: measured, about. */
const WAITING_OCTETS = 512;
const NETBIOS_PORT = 137;
/** Octets of a flow and direction that are looked at before it is known to be DNS. */
export const MOST_UNKNOWN = 8192;
/** Payload octets of a flow behind which what is no DNS is no reason to leave it (Zeek's `ignore_violations_after`). */
const LATE_OCTETS = 10_240;

/** The messages of one flow, whatever carries them: one row a query with its answer, as Zeek's script makes them. */
export class DnsSession implements Giver {
  /** It wants no more messages. */
  isDone = false;
  isConfirmed = false;
  /** Octets that were looked at. */
  looked = 0;
  readonly #flow: ProtocolFlow;
  readonly #shared: DnsShared;
  readonly #isNetbios: boolean;
  readonly #isGroup: boolean;
  readonly #exchanges: Exchanges = new Exchanges();
  #isFirst = true;
  /** Its messages that wait, and the characters of their answers. */
  #waiting = 0;
  #characters = 0;
  /** Octets looked at while not confirmed: the originator's, the responder's. */
  #origUnknown = 0;
  #respUnknown = 0;

  constructor(flow: ProtocolFlow, shared: DnsShared) {
    this.#flow = flow;
    this.#shared = shared;
    this.#isNetbios = flow.port(false) === NETBIOS_PORT;
    flow.address(false, shared.words, 0);
    this.#isGroup = isMulticast(shared.words, 0);
    shared.sessions++;
    if (flow.isConfirmed !== true) return;
    this.isConfirmed = true;
    this.#isFirst = false;
  }

  /** A message, or what there is of it: `bytes[from .. to)`, at `time` seconds. */
  message(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.isDone) return;
    const { counters, message } = this.#shared;
    const left = this.isConfirmed ? to - from : MOST_UNKNOWN - (isOrig ? this.#origUnknown : this.#respUnknown);
    const verdict = message.read(bytes, from, Math.min(to, from + left), this.#isNetbios);
    counters.messages++;
    counters.octets += message.looked;
    this.looked += message.looked;
    if (message.faults.length > 0) this.#tellFaults();
    if (!this.isConfirmed) this.#count(isOrig, message.looked);
    if (verdict === DnsVerdict.SHORT) return;
    if (this.#isFirst && message.isResponse && isOrig) this.#flow.turnRound();
    this.#isFirst = false;
    this.#take(time);
    if (verdict === DnsVerdict.WHOLE) this.#confirm();
    else if (verdict === DnsVerdict.ALIEN) this.#refuse();
    else if (verdict === DnsVerdict.UNKNOWN) this.#flow.violation();
  }

  /** Octets of memory that what waits takes, about. */
  get held(): number {
    return this.#waiting * WAITING_OCTETS + this.#characters;
  }

  /** The flow is over: what waits is handed out. */
  finish(): void {
    this.isDone = true;
    this.#exchanges.flush(this);
    this.#shared.sessions--;
  }

  #confirm(): void {
    if (this.isConfirmed) return;
    this.isConfirmed = true;
    this.#flow.confirm('dns');
  }

  /** It is left alone from here on; but what comes late in a flow does not count, as in Zeek. */
  #refuse(): void {
    this.#flow.violation();
    if ((this.#flow.payload?.() ?? 0) > LATE_OCTETS) return;
    this.isDone = true;
    this.#flow.retract('dns');
  }

  #count(isOrig: boolean, octets: number): void {
    if (isOrig) this.#origUnknown += octets;
    else this.#respUnknown += octets;
    const most = Math.max(this.#origUnknown, this.#respUnknown);
    if (most > MOST_UNKNOWN - DNS_HEADER) this.isDone = true;
  }

  #tellFaults(): void {
    for (const [name, more] of this.#shared.message.faults) {
      if (more === '') this.#flow.weird(name);
      else this.#flow.weird(name, more);
    }
  }

  #take(time: number): void {
    const shared = this.#shared;
    const { message } = shared;
    if (!isFollowed(message.opcode)) return;
    const isReply = message.isResponse;
    let pending: Pending | undefined;
    // What goes to a group is answered to others: nothing is matched.
    if (!this.#isGroup) {
      pending = isReply ? this.#exchanges.forReply(message.id) : this.#exchanges.forQuery(message.id);
    }
    if (pending === undefined) {
      pending = new Pending(message.id, time);
    } else {
      this.#countWaiting(-1, pending);
    }
    if (isReply) pending.reply(message, time);
    else pending.query(message, this.#isNetbios);
    if (this.#isGroup || (pending.hasQuery && pending.hasReply)) this.#tell(pending);
    else this.#wait(pending, isReply);
  }

  #wait(pending: Pending, isReply: boolean): void {
    const shared = this.#shared;
    this.#countWaiting(1, pending);
    if (isReply) this.#exchanges.addReply(pending, this);
    else this.#exchanges.addQuery(pending, this);
    if (!shared.isFull) return;
    const before = shared.waiting;
    this.#exchanges.flush(this);
    shared.counters.dropped += before - shared.waiting;
  }

  /** What waited goes, matched or not. */
  give(pending: Pending): void {
    this.#countWaiting(-1, pending);
    this.#tell(pending);
  }

  /** A message waits, or does not any more. */
  #countWaiting(sign: 1 | -1, { characters }: Pending): void {
    const shared = this.#shared;
    shared.waiting += sign;
    shared.characters += sign * characters;
    this.#waiting += sign;
    this.#characters += sign * characters;
  }

  #tell(pending: Pending): void {
    const flow = this.#flow;
    const { exchange, subscribers } = this.#shared;
    if (this.#shared.isLogged) flow.emit(dns, pending.row(flow.id, flow.transport, this.#isNetbios));
    if (subscribers.length === 0) return;
    pending.tell(exchange);
    flow.address(true, exchange.ends, 0);
    flow.address(false, exchange.ends, 4);
    exchange.serverPort = flow.port(false);
    exchange.transport = flow.transport;
    for (const subscriber of subscribers) subscriber(exchange);
  }
}

/** Opcodes that Zeek's script has rows of; NetBIOS's registration has the number of an update. */
function isFollowed(opcode: number): boolean {
  return opcode === Opcode.QUERY || opcode === Opcode.NOTIFY || opcode === Opcode.UPDATE;
}
