import { Distinct } from '../sketch/distinct/distinct.ts';
import type { KeyHasher } from '../sketch/hash/keyHasher.ts';
import { type Metric, TopList } from '../sketch/top/topList.ts';
import type { Counters } from './counters.ts';
import { STATUS_WORDS } from './flowKeys.ts';
import { LG_K } from './kinds.ts';
import { takesRealm } from './realm.ts';

/** Counters of types of records and response codes: names that the wire can't make more of. */
const MOST_NAMES = 512;
/** Characters of a name that count; longer ones are cut. A name of the DNS has 255 octets, four characters each at most. */
const MOST_CHARACTERS = 1024;

/**
 * What application protocols add to a window: fed once a message or exchange, never once a packet.
 *
 * Names are hashed as their key's octets (docs/definitions.md): the caller gives that text, which is ASCII.
 */
export class ApplicationStatistics {
  /** Names that were asked for, and names of servers that clients of TLS gave. */
  readonly names: Distinct;
  readonly serverNames: Distinct;
  /** Answers of HTTP by (status, client) and by (status, server): packets count answers, octets those of bodies. */
  readonly statusClients: TopList;
  readonly statusServers: TopList;
  readonly #counters: Counters;
  readonly #hasher: KeyHasher;
  readonly #key: Uint32Array = new Uint32Array(STATUS_WORDS);

  constructor(exact: boolean, capacity: number, by: Metric, counters: Counters, hasher: KeyHasher) {
    this.names = new Distinct(exact, LG_K);
    this.serverNames = new Distinct(exact, LG_K);
    this.statusClients = new TopList(STATUS_WORDS, capacity, by);
    this.statusServers = new TopList(STATUS_WORDS, capacity, by);
    this.#counters = counters;
    this.#hasher = hasher;
  }

  /** Adds to a counter of the section `counters`: `dns.queries`, `dns.type.A` ... */
  count(name: string, by = 1): void {
    const { values } = this.#counters;
    if (values.size >= MOST_NAMES && !values.has(name)) return;
    this.#counters.add(name, by);
  }

  /** A name that was asked for, as its key. */
  name(key: string): void {
    this.#addText(this.names, key);
  }

  /** A server's name as a client of TLS gave it, in lower case. */
  serverName(key: string): void {
    this.#addText(this.serverNames, key);
  }

  /**
   * An answer of HTTP: addresses of client and server are `ends[0 .. 4)` and `ends[4 .. 8)`; `realm` is the realm's word,
   * which counts where an address is not global.
   */
  status(status: number, ends: Uint32Array, realm: number, octets: number): void {
    this.#addStatus(this.statusClients, status, ends, 0, realm, octets);
    this.#addStatus(this.statusServers, status, ends, 4, realm, octets);
  }

  reset(): void {
    this.names.reset();
    this.serverNames.reset();
    this.statusClients.reset();
    this.statusServers.reset();
  }

  #addStatus(list: TopList, status: number, ends: Uint32Array, at: number, realm: number, octets: number): void {
    const key = this.#key;
    key[0] = status;
    for (let i = 0; i < 4; i++) key[1 + i] = ends[at + i]!;
    key[5] = realm !== 0 && takesRealm(ends, at) ? realm : 0;
    list.add(key, 0, 1, octets);
  }

  #addText(distinct: Distinct, text: string): void {
    const { bytes } = this.#hasher;
    const length = Math.min(text.length, MOST_CHARACTERS);
    for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
    this.#hasher.hash(length);
    distinct.addHash(this.#hasher.h);
  }
}
