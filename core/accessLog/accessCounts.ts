import type { AccessLine } from './accessLine.ts';

/** Counts of answers in the shape of a report's `http`. */
export interface AccessReport {
  requests: number;
  responses: number;
  byStatusClient: { status: number; client: string; count: number; error: number }[];
  byStatusServer: { status: number; server: string; count: number; error: number }[];
}

/** Different keys of a list; what comes for others is not in it. */
const MOST_KEYS = 262_144;
/** Characters of a key; names of hosts have 255 at most, longer ones are cut. */
const MOST_KEY = 300;

/** Counts requests of access logs by status with client, and by status with server. */
export class AccessCounts {
  #lines = 0;
  readonly #clients: KeyCounts = new KeyCounts();
  readonly #servers: KeyCounts = new KeyCounts();

  /** `server` is who wrote the log, where the line does not say. */
  add({ status, client, server }: AccessLine, writer: string): void {
    this.#lines++;
    this.#clients.add(`${status} ${client}`);
    this.#servers.add(`${status} ${server ?? writer}`);
  }

  /** The `top` most frequent of each list. */
  report(top: number): AccessReport {
    return {
      requests: this.#lines,
      responses: this.#lines,
      byStatusClient: this.#clients.top(top).map(({ name: client, ...rest }) => ({ ...rest, client })),
      byStatusServer: this.#servers.top(top).map(({ name: server, ...rest }) => ({ ...rest, server })),
    };
  }
}

class KeyCounts {
  readonly #counts: Map<string, number> = new Map();

  add(name: string): void {
    const key = name.length > MOST_KEY ? name.slice(0, MOST_KEY) : name;
    const count = this.#counts.get(key);
    if (count !== undefined || this.#counts.size < MOST_KEYS) this.#counts.set(key, (count ?? 0) + 1);
  }

  top(count: number): { status: number; name: string; count: number; error: number }[] {
    const entries = [...this.#counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, count);
    return entries.map(([key, n]) => {
      const space = key.indexOf(' ');
      // What was not counted is of keys that came late: none of these.
      return { status: Number(key.slice(0, space)), name: key.slice(space + 1), count: n, error: 0 };
    });
  }
}
