import type { DnsAnswerRecord } from '../../../core/dns/message.ts';

/**
 * What happened between a client and a name server, for those who aggregate: a query with its answer, or one of them
 * alone. One object is filled again and again: what is kept of it is copied during the call.
 */

/** A record of the answer section: `rdata` in the form of zone files, names as `DnsExchange.name`. */
export type DnsAnswer = DnsAnswerRecord;

export interface DnsExchange {
  /** Of the query; of the answer when there is no query. Seconds, with fraction. */
  time: number;
  /** Client and server, four words each (`core/packet/address.ts`): `ends[0 .. 4)` and `ends[4 .. 8)`. */
  readonly ends: Uint32Array;
  serverPort: number;
  transport: 'tcp' | 'udp';
  opcode: number;
  hasQuery: boolean;
  hasReply: boolean;
  /**
   * Key of the name that was asked for: lower case, no final dot; octets below 0x21 or above 0x7e and `.` and `\` inside
   * a label are `\DDD` (decimal), so that different labels never read alike. Empty for the root, and where no question
   * was seen: then `qtype` is undefined. Of NetBIOS's names the encoded form.
   */
  name: string;
  qtype: number | undefined;
  qclass: number | undefined;
  /** Undefined without an answer. */
  rcode: number | undefined;
  /** From the query to its answer in seconds, whatever that holds; NaN unless both were seen. */
  rtt: number;
  /** `answers[0 .. answerCount)` are of this exchange; what stands behind is of earlier ones. */
  readonly answers: DnsAnswer[];
  answerCount: number;
}

/** Takes exchanges as they are complete, or given up. `exchange` and all in it is borrowed during the call. */
export type DnsSubscriber = (exchange: DnsExchange) => void;

export function createExchange(): DnsExchange {
  return {
    time: 0,
    ends: new Uint32Array(8),
    serverPort: 0,
    transport: 'udp',
    opcode: 0,
    hasQuery: false,
    hasReply: false,
    name: '',
    qtype: undefined,
    qclass: undefined,
    rcode: undefined,
    rtt: Number.NaN,
    answers: [],
    answerCount: 0,
  };
}
