import type { DnsAnswerRecord, DnsMessage } from '../../../core/dns/message.ts';
import { netbiosName } from '../../../core/dns/netbios.ts';
import { className, opcodeName, rcodeName, typeName } from '../../../core/dns/numbers.ts';
import type { DnsRecord } from '../../../core/records/dns.ts';
import { cutList } from '../../../core/records/limits.ts';
import type { FlowId } from '../protocol.ts';
import type { DnsExchange } from './exchange.ts';

/** A printed row, all its fields there: what is absent is undefined. */
type DnsRow = { readonly [K in keyof DnsRecord]-?: DnsRecord[K] | (K extends 'ts' ? never : undefined) };

const NONE = -1;

/** A query with its answer, or what has been seen of them so far. */
export class Pending {
  readonly time: number;
  readonly id: number;
  hasQuery = false;
  hasReply = false;
  #opcode = 0;
  #query: string | undefined = undefined;
  #key = '';
  #qtype = NONE;
  #qclass = NONE;
  #rcode = NONE;
  #AA = false;
  #TC = false;
  #RD = false;
  #RA = false;
  #Z = 0;
  #isRejected = false;
  /** To the answer; and to the first that holds a record, which the log tells. */
  #rtt = Number.NaN;
  #toldRtt = Number.NaN;
  #answers: readonly string[] | undefined = undefined;
  #ttls: readonly number[] | undefined = undefined;
  #records: readonly DnsAnswerRecord[] | undefined = undefined;
  /** Characters of its answers. */
  characters = 0;

  constructor(id: number, time: number) {
    this.id = id;
    this.time = time;
  }

  query(message: DnsMessage, isNetbios: boolean): void {
    this.hasQuery = true;
    this.#opcode = message.opcode;
    if (message.asked === 0) return;
    this.#RD = message.RD;
    this.#TC = message.TC;
    this.#Z = message.Z;
    this.#qclass = message.qclass;
    this.#qtype = message.qtype;
    this.#key = message.queryKey;
    this.#query = message.query;
    if (isNetbios) this.#query = netbiosName(message.query) || message.query;
  }

  reply(message: DnsMessage, time: number): void {
    if (this.hasQuery && !this.hasReply) this.#rtt = time - this.time;
    this.hasReply = true;
    this.#opcode = message.opcode;
    this.#rcode = message.rcode;
    const { told, asked } = message;
    if (message.rcode !== 0 && message.questions === 0) this.#isRejected = true;
    if (asked > 0 && message.records === 0) this.#isRejected = true;
    if (asked > 0 && this.#qtype === NONE) this.#key = message.queryKey;
    this.characters += message.characters;
    if (message.answerRecords.length > 0) this.#records = joined(this.#records, message.answerRecords);
    if (told === 0) return;
    this.#query ??= message.owner;
    this.#AA = message.AA;
    this.#RA = message.RA;
    // An answer without its query has no round trip.
    if (Number.isNaN(this.#toldRtt) && time !== this.time) this.#toldRtt = time - this.time;
    if (message.answers.length === 0) return;
    this.#answers = cutList(joined(this.#answers, message.answers));
    this.#ttls = cutList(joined(this.#ttls, message.ttls));
  }

  /** The row of the log. */
  row(id: FlowId, proto: 'tcp' | 'udp', isNetbios: boolean): DnsRow {
    const isAsked = this.#qtype !== NONE;
    const isAnswered = this.#rcode !== NONE;
    return {
      ts: this.time,
      uid: id.uid,
      'id.orig_h': id['id.orig_h'],
      'id.orig_p': id['id.orig_p'],
      'id.resp_h': id['id.resp_h'],
      'id.resp_p': id['id.resp_p'],
      proto,
      trans_id: this.id,
      rtt: Number.isNaN(this.#toldRtt) ? undefined : this.#toldRtt,
      query: this.#query,
      qclass: isAsked ? this.#qclass : undefined,
      qclass_name: isAsked ? className(this.#qclass) : undefined,
      qtype: isAsked ? this.#qtype : undefined,
      qtype_name: isAsked ? nameOfType(this.#qtype, isNetbios) : undefined,
      rcode: isAnswered ? this.#rcode : undefined,
      rcode_name: isAnswered ? rcodeName(this.#rcode) : undefined,
      AA: this.#AA,
      TC: this.#TC,
      RD: this.#RD,
      RA: this.#RA,
      Z: this.#Z,
      answers: this.#answers,
      TTLs: this.#ttls,
      rejected: this.#isRejected,
      opcode: this.#opcode,
      opcode_name: opcodeName(this.#opcode, isNetbios),
    };
  }

  /** Fills what subscribers are told; the ends are the flow's. */
  tell(exchange: DnsExchange): void {
    const isAsked = this.#qtype !== NONE;
    exchange.time = this.time;
    exchange.opcode = this.#opcode;
    exchange.hasQuery = this.hasQuery;
    exchange.hasReply = this.hasReply;
    exchange.name = this.#key;
    exchange.qtype = isAsked ? this.#qtype : undefined;
    exchange.qclass = isAsked ? this.#qclass : undefined;
    exchange.rcode = this.#rcode === NONE ? undefined : this.#rcode;
    exchange.rtt = this.#rtt;
    const records = this.#records;
    exchange.answerCount = records === undefined ? 0 : records.length;
    if (records === undefined) return;
    for (let i = 0; i < records.length; i++) exchange.answers[i] = records[i]!;
  }
}

/** NetBIOS's node status had the number before SRV. */
function nameOfType(type: number, isNetbios: boolean): string {
  const name = typeName(type);
  return isNetbios && name === 'SRV' ? 'NBSTAT' : name;
}

function joined<T>(before: readonly T[] | undefined, more: readonly T[]): readonly T[] {
  return before === undefined ? more : [...before, ...more];
}
