import { deflateRawSync } from 'node:zlib';
import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { TopRows } from '../../core/sketch/top/topRows.ts';
import { Counters } from '../../core/summary/counters.ts';
import { HOST_WORDS } from '../../core/summary/flowKeys.ts';
import { kinds, LG_K } from '../../core/summary/kinds.ts';
import type { Section } from '../../core/summary/part.ts';
import { encodeSection } from '../../core/summary/section.ts';
import { Split } from '../../core/summary/split.ts';
import { encodePart } from '../../proto/partCodec.ts';

/** Sensors and their windows: a day of them has so many parts. */
export interface DayShape {
  sensors: number;
  /** Start of the first window; windows are of 60 s. */
  from: number;
  minutes: number;
  /** Hosts of a window, out of `pool` that all sensors share. */
  hosts: number;
  pool: number;
}

/** What all parts together say. */
export interface DayTruth {
  sources: Distinct;
  destinations: Distinct;
  /** By host. */
  octets: Float64Array;
  /** By minute. */
  packets: Float64Array;
}

export const windowSeconds = 60;
/** Hosts below this are of 10/8, the others not. */
const localShare = 0.1;
/** Entries of a list: the first by octets and the first by packets. */
const listRows = 64;

/** The parts of a day, the same for the same shape: each window of each sensor has other hosts, and hosts recur everywhere. */
export class DayParts {
  readonly shape: DayShape;
  readonly #hasher = new KeyHasher();
  /** Keys of hosts in lists. */
  readonly #words: Uint32Array;

  constructor(shape: DayShape) {
    this.shape = shape;
    this.#words = new Uint32Array(shape.pool * HOST_WORDS);
    for (let host = 0; host < shape.pool; host++) {
      this.#words[host * HOST_WORDS + 2] = 0xffff;
      this.#words[host * HOST_WORDS + 3] = (this.isLocal(host) ? 10 : 20) * 2 ** 24 + host;
    }
  }

  isLocal(host: number): boolean {
    return host < this.shape.pool * localShare;
  }

  /** The address of a host, as answers show it. */
  address(host: number): string {
    return `${this.isLocal(host) ? 10 : 20}.${(host >>> 16) & 255}.${(host >>> 8) & 255}.${host & 255}`;
  }

  truth(): DayTruth {
    const { sensors, minutes, pool } = this.shape;
    const truth = {
      sources: new Distinct(false),
      destinations: new Distinct(false),
      octets: new Float64Array(pool),
      packets: new Float64Array(minutes),
    };
    const [sent, received] = [new Uint8Array(pool), new Uint8Array(pool)];
    for (let minute = 0; minute < minutes; minute++)
      for (let sensor = 0; sensor < sensors; sensor++)
        this.#each(sensor, minute, (host, packets, octets) => {
          (host % 2 === 0 ? sent : received)[host] = 1;
          truth.octets[host]! += octets;
          truth.packets[minute]! += packets;
        });
    for (let host = 0; host < pool; host++) {
      if (sent[host] === 1) this.#add(truth.sources, host);
      if (received[host] === 1) this.#add(truth.destinations, host);
    }
    return truth;
  }

  /** The body of a durable message, and its length before it was deflated (0 = it is not). */
  message(sensor: number, minute: number, deflated = false): { bytes: Uint8Array; inflated: number } {
    const start = this.shape.from + minute * windowSeconds;
    let [packets, octets] = [0, 0];
    const sources = new Split(new Distinct(false), new Distinct(false));
    const destinations = new Split(new Distinct(false), new Distinct(false));
    const rows: { host: number; packets: number; octets: number }[] = [];
    this.#each(sensor, minute, (host, some, bytes) => {
      packets += some;
      octets += bytes;
      const count = host % 2 === 0 ? sources : destinations;
      this.#add(this.isLocal(host) ? count.local : count.remote, host);
      rows.push({ host, packets: some, octets: bytes });
    });
    const counters = new Counters();
    counters.add('links.arp', 1 + (minute % 7));
    const sections: Section[] = [
      encodeSection(kinds.counters, [], counters),
      encodeSection(kinds.sources, [LG_K], sources),
      encodeSection(kinds.destinations, [LG_K], destinations),
      encodeSection(
        kinds.topHosts,
        [1024],
        new Split(
          this.#list(rows.filter(({ host }) => this.isLocal(host))),
          this.#list(rows.filter(({ host }) => !this.isLocal(host))),
        ),
      ),
    ];
    const plain = encodePart({
      tap: 'tap0',
      start,
      seconds: windowSeconds,
      windowSeconds,
      coveredFrom: start,
      coveredTo: start + windowSeconds,
      packets,
      octets,
      loss: { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 },
      sections,
    });
    return deflated
      ? { bytes: deflateRawSync(plain, { level: 1 }), inflated: plain.length }
      : { bytes: plain, inflated: 0 };
  }

  /** Hosts of a window: few of them are in most windows, most in few. */
  #each(sensor: number, minute: number, visit: (host: number, packets: number, octets: number) => void): void {
    const { hosts, pool } = this.shape;
    let state = (sensor * 1_000_003 + minute * 7919 + 12_345) >>> 0;
    const seen = new Set<number>();
    for (let i = 0; i < hosts; i++) {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      const share = state / 2 ** 32;
      const host = Math.min(pool - 1, Math.floor(pool * share ** 3));
      if (seen.has(host)) continue;
      seen.add(host);
      const packets = 1 + (state % 50);
      visit(host, packets, packets * (60 + (host % 1000)));
    }
  }

  #add(distinct: Distinct, host: number): void {
    // Keys of lists are words that sort as bytes do; the hash is of the bytes.
    const { words } = this.#hasher;
    words.fill(0, 0, 2);
    words[2] = 0xffff0000;
    words[3] = Buffer.from(Uint32Array.of(this.#words[host * HOST_WORDS + 3]!).buffer).readUInt32BE(0);
    this.#hasher.hash(16);
    distinct.addHash(this.#hasher.h);
  }

  #list(rows: { host: number; packets: number; octets: number }[]): TopRows {
    const word = (host: number, at: number): number => this.#words[host * HOST_WORDS + at]!;
    rows.sort((a, b) => {
      for (let at = 0; at < HOST_WORDS; at++) {
        const difference = word(a.host, at) - word(b.host, at);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    const list = new TopRows(HOST_WORDS, 1024, rows.length);
    for (const [at, { host, packets, octets }] of rows.entries()) {
      list.keys.set(this.#words.subarray(host * HOST_WORDS, (host + 1) * HOST_WORDS), at * HOST_WORDS);
      list.octets[at] = octets;
      list.packets[at] = packets;
    }
    list.cutToUnion(listRows);
    return list;
  }
}
