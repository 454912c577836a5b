import type { Pending } from './pending.ts';

/** Ids with a message that waits, and messages of one id that wait, above which those that wait are given up. */
const MOST_IDS = 50;
const MOST_OF_ONE_ID = 50;

type Waiting = Map<number, Pending[]>;

/** Takes what is given up unmatched. */
export interface Giver {
  give(pending: Pending): void;
}

/**
 * Matches the queries and answers of one flow by their id, as Zeek's script does: the answer goes to the query that has
 * waited longest under its id, but one query (the first of those that wait) is looked at before the others. A query
 * whose answer came before it takes that. So the rows of two queries with one id come out as Zeek has them.
 *
 * Bounded: above 51 ids, or 51 messages of one id, all that wait there are handed out unmatched.
 */
export class Exchanges {
  #first: Pending | undefined = undefined;
  /** Made when a second one waits: most flows have one query. */
  #queries: Waiting | undefined = undefined;
  #replies: Waiting | undefined = undefined;

  /** What came before the query of that id and waits for it, taken out. */
  forQuery(id: number): Pending | undefined {
    return this.#replies === undefined ? undefined : take(this.#replies, id);
  }

  /** The query that an answer of that id belongs to, taken out. */
  forReply(id: number): Pending | undefined {
    const first = this.#first;
    if (first !== undefined && first.id === id) {
      this.#first = this.#queries === undefined ? undefined : (take(this.#queries, id) ?? this.#anyQuery());
      return first;
    }
    return this.#queries === undefined ? undefined : take(this.#queries, id);
  }

  addQuery(pending: Pending, giver: Giver): void {
    if (this.#first === undefined) this.#first = pending;
    else wait((this.#queries ??= new Map()), pending, giver);
  }

  addReply(pending: Pending, giver: Giver): void {
    wait((this.#replies ??= new Map()), pending, giver);
  }

  /** Hands out all that waits. */
  flush(giver: Giver): void {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) giver.give(first);
    if (this.#queries !== undefined) empty(this.#queries, giver);
    if (this.#replies !== undefined) empty(this.#replies, giver);
  }

  #anyQuery(): Pending | undefined {
    for (const id of this.#queries?.keys() ?? []) return take(this.#queries!, id);
    return undefined;
  }
}

function take(waiting: Waiting, id: number): Pending | undefined {
  const list = waiting.get(id);
  if (list === undefined) return undefined;
  const first = list.shift();
  if (list.length === 0) waiting.delete(id);
  return first;
}

function wait(waiting: Waiting, pending: Pending, giver: Giver): void {
  let list = waiting.get(pending.id);
  if (list === undefined) {
    if (waiting.size > MOST_IDS) empty(waiting, giver);
    waiting.set(pending.id, (list = []));
  } else if (list.length > MOST_OF_ONE_ID) {
    for (const given of list) giver.give(given);
    list.length = 0;
  }
  list.push(pending);
}

function empty(waiting: Waiting, giver: Giver): void {
  for (const list of waiting.values()) for (const pending of list) giver.give(pending);
  waiting.clear();
}
