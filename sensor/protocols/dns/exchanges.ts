import type { DnsRecord } from '../../../core/records/dns.ts';

/** A row that is being filled. */
export type DnsRow = { -readonly [K in keyof DnsRecord]: DnsRecord[K] } & {
  /** Not printed: what has been seen of it. */
  hasQuery: boolean;
  hasReply: boolean;
};

/** Ids with a message that waits, and messages of one id that wait, above which those that wait are given up. */
const MOST_IDS = 50;
const MOST_OF_ONE_ID = 50;

type Waiting = Map<number, DnsRow[]>;

/**
 * Matches the queries and answers of one flow by their id, as Zeek's script does: the answer goes to the query that has
 * waited longest under its id, but one query (the first of those that wait) is looked at before the others. A query
 * whose answer came before it takes that. So the rows of two queries with one id come out as Zeek has them.
 *
 * Bounded: above 51 ids, or 51 messages of one id, all that wait there are handed out unmatched.
 */
export class Exchanges {
  #first: DnsRow | undefined;
  readonly #queries: Waiting = new Map();
  readonly #replies: Waiting = new Map();

  /** The row of a query, made when no answer waits for it. Handed out are rows given up for want of room. */
  query(id: number, make: () => DnsRow, out: (row: DnsRow) => void): DnsRow {
    const answered = take(this.#replies, id);
    if (answered !== undefined) return answered;
    const row = make();
    if (this.#first === undefined) this.#first = row;
    else wait(this.#queries, id, row, out);
    return row;
  }

  /** The row of an answer, made when no query waits for it. */
  reply(id: number, make: () => DnsRow, out: (row: DnsRow) => void): DnsRow {
    if (this.#first?.trans_id === id) {
      const row = this.#first;
      this.#first = take(this.#queries, id) ?? this.#anyQuery();
      return row;
    }
    const asked = take(this.#queries, id);
    if (asked !== undefined) return asked;
    const row = make();
    wait(this.#replies, id, row, out);
    return row;
  }

  /** Hands out all that waits. */
  flush(out: (row: DnsRow) => void): void {
    if (this.#first !== undefined) out(this.#first);
    this.#first = undefined;
    empty(this.#queries, out);
    empty(this.#replies, out);
  }

  /** Messages that wait; costs a look at each id. */
  get size(): number {
    let count = this.#first === undefined ? 0 : 1;
    for (const rows of this.#queries.values()) count += rows.length;
    for (const rows of this.#replies.values()) count += rows.length;
    return count;
  }

  #anyQuery(): DnsRow | undefined {
    for (const id of this.#queries.keys()) return take(this.#queries, id);
    return undefined;
  }
}

function take(waiting: Waiting, id: number): DnsRow | undefined {
  const rows = waiting.get(id);
  if (rows === undefined) return undefined;
  const row = rows.shift();
  if (rows.length === 0) waiting.delete(id);
  return row;
}

function wait(waiting: Waiting, id: number, row: DnsRow, out: (row: DnsRow) => void): void {
  let rows = waiting.get(id);
  if (rows === undefined) {
    if (waiting.size > MOST_IDS) empty(waiting, out);
    waiting.set(id, (rows = []));
  } else if (rows.length > MOST_OF_ONE_ID) {
    for (const given of rows) out(given);
    rows.length = 0;
  }
  rows.push(row);
}

function empty(waiting: Waiting, out: (row: DnsRow) => void): void {
  for (const rows of waiting.values()) for (const row of rows) out(row);
  waiting.clear();
}
