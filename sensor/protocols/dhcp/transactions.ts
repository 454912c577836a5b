import type { DhcpMessage } from '../../../core/dhcp/message.ts';
import { messageTypeName } from '../../../core/dhcp/messageTypes.ts';
import { dhcp, type DhcpRecord } from '../../../core/records/dhcp.ts';
import type { Emit, FlowId } from '../protocol.ts';

/** Zeek's numbers: how often it looks, from which age on, and when what it sees is over, in seconds. */
const LOOK_EVERY = 10;
const LOOKED_AFTER = 10;
const LOOKED_AGAIN_AFTER = 5;
const QUIET = 5;
const LONGEST = 30;
/** Zeek's bounds of a row. */
const MOST_UIDS = 10;
const MOST_TYPES = 50;
/** Transactions that wait; beyond, the oldest has its row early. */
const MOST_WAITING = 16_384;

const CLIENT_PORT = 68;
const SERVER_PORT = 67;
const NO_ADDRESS = '0.0.0.0';
const EVERYBODY = '255.255.255.255';

type Draft = { -readonly [K in keyof DhcpRecord]: DhcpRecord[K] } & { uids: string[]; msg_types: string[] };

/** A transaction that waits for more. */
export interface Transaction {
  readonly id: number;
  readonly row: Draft;
  /** Time of its last message, and from when on it is looked at. */
  last: number;
  lookedAt: number;
  /** The client's address by its header, for want of a better one. */
  hardware: string | undefined;
  /** Which flow had its last message. */
  owner: Set<Transaction>;
}

/**
 * Joins messages of one transaction id over all flows, as Zeek's script does: every ten seconds it looks at those that
 * began more than ten before; what has been quiet for five or goes on for thirty is over.
 */
export class Transactions {
  readonly #waiting: Map<number, Transaction> = new Map();
  readonly #most: number;
  #emit: Emit | undefined;
  #nextLook = Number.NEGATIVE_INFINITY;

  constructor(most: number = MOST_WAITING) {
    this.#most = most;
  }

  /** Transactions that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Time has come to that: called with each packet's, before its message. */
  tick(time: number): void {
    if (time < this.#nextLook) return;
    this.#nextLook = time + LOOK_EVERY;
    for (const transaction of this.#waiting.values()) {
      if (transaction.lookedAt >= time) continue;
      if (time - transaction.last > QUIET || time - transaction.row.ts > LONGEST) this.give(transaction);
      else transaction.lookedAt = time + LOOKED_AGAIN_AFTER;
    }
  }

  /** A message of a flow, which owns the transaction from here on. */
  add(message: DhcpMessage, id: FlowId, isOrig: boolean, time: number, owner: Set<Transaction>, emit: Emit): void {
    this.#emit = emit;
    const transaction = this.#waiting.get(message.transaction) ?? this.#begin(message.transaction, id, time, owner);
    const { row } = transaction;
    transaction.owner.delete(transaction);
    transaction.owner = owner;
    owner.add(transaction);
    transaction.last = time;
    row.duration = time - row.ts;
    if (!row.uids.includes(id.uid)) row.uids.push(id.uid);
    row.msg_types.push(messageTypeName(message.type));
    const isClient =
      isOrig && (id['id.orig_h'] === NO_ADDRESS || id['id.orig_p'] === CLIENT_PORT || id['id.resp_p'] === SERVER_PORT);
    if (isClient) addRequest(transaction, message, id['id.orig_h']);
    else addReply(row, message, isOrig ? id['id.orig_h'] : id['id.resp_h']);
    if (row.uids.length >= MOST_UIDS || row.msg_types.length >= MOST_TYPES) this.give(transaction);
  }

  /** Makes the row of a transaction that is over. */
  give(transaction: Transaction): void {
    this.#waiting.delete(transaction.id);
    transaction.owner.delete(transaction);
    const { row, hardware } = transaction;
    if (row.mac === undefined && hardware !== undefined) row.mac = hardware;
    this.#emit?.(dhcp, row);
  }

  #begin(id: number, { uid }: FlowId, time: number, owner: Set<Transaction>): Transaction {
    if (this.#waiting.size >= this.#most) {
      const [oldest] = this.#waiting.values();
      if (oldest !== undefined) this.give(oldest);
    }
    const row: Draft = { ts: time, uids: [uid], msg_types: [], duration: 0 };
    const transaction = { id, row, last: time, lookedAt: time + LOOKED_AFTER, hardware: undefined, owner };
    this.#waiting.set(id, transaction);
    return transaction;
  }
}

function addRequest(transaction: Transaction, message: DhcpMessage, from: string): void {
  const { row } = transaction;
  if (message.message !== undefined) row.client_message = message.message;
  if (from !== NO_ADDRESS && from !== EVERYBODY) row.client_addr = from;
  if (message.hostName !== undefined) row.host_name = message.hostName;
  if (message.clientName !== undefined) row.client_fqdn = message.clientName;
  if (message.identifier === undefined) transaction.hardware = message.hardware;
  else row.mac = message.identifier;
  if (message.requested !== undefined) row.requested_addr = message.requested;
}

function addReply(row: Draft, message: DhcpMessage, from: string): void {
  if (message.message !== undefined) row.server_message = message.message;
  if (message.given !== undefined) {
    row.server_addr = from;
    row.assigned_addr = message.given;
  }
  if (message.hardware !== '' && row.mac === undefined) row.mac = message.hardware;
  if (row.client_addr === undefined && row.assigned_addr !== undefined) row.client_addr = row.assigned_addr;
  if (message.domain !== undefined) row.domain = message.domain;
  if (message.lease !== undefined) row.lease_time = message.lease;
}
