import { hasCookie, readMessage } from '../../../core/dhcp/message.ts';
import { type DatagramAnalyser, type DatagramProtocol, type ProtocolFlow, Sign } from '../protocol.ts';
import { Transactions, type Transaction } from './transactions.ts';

/** Server, client, and servers of boot files beside. */
const ports: ReadonlySet<number> = new Set([67, 68, 4011]);

/** What a transaction that waits takes in memory: measured, about. */
const TRANSACTION_OCTETS = 1024;

/** DHCP. Its conversations spread over flows, so what they come to is shared by all. */
export function createDhcp(transactions: Transactions = new Transactions()): DatagramProtocol {
  return {
    name: 'dhcp',
    transport: 'udp',
    ports,
    recognise: (_isOrig, bytes, from, to) => (hasCookie(bytes, from, to) ? Sign.YES : Sign.NO),
    create: (flow) => new DhcpAnalyser(flow, transactions),
    tick: (time) => transactions.tick(time),
  };
}

class DhcpAnalyser implements DatagramAnalyser {
  readonly #flow: ProtocolFlow;
  readonly #transactions: Transactions;
  /** Transactions whose last message was here. */
  readonly #own: Set<Transaction> = new Set();
  isDone = false;

  constructor(flow: ProtocolFlow, transactions: Transactions) {
    this.#flow = flow;
    this.#transactions = transactions;
  }

  get held(): number {
    return this.#own.size * TRANSACTION_OCTETS;
  }

  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    const message = readMessage(bytes, from, to);
    if (message === undefined) {
      this.isDone = true;
      return;
    }
    this.#flow.confirm('dhcp');
    this.#transactions.add(message, this.#flow.id, isOrig, time, this.#own, this.#flow.emit);
    // A message of no kind is BOOTP: it has its row, but what comes after is left alone.
    if (message.type === 0) this.isDone = true;
  }

  finish(): void {
    for (const transaction of this.#own) this.#transactions.give(transaction);
  }
}
