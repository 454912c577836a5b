import { NetworkSet, nonGlobalNetworks } from '../core/packet/networkSet.ts';
import { Distinct } from '../core/sketch/distinct/distinct.ts';
import { KeyHasher } from '../core/sketch/hash/keyHasher.ts';
import { Kll } from '../core/sketch/kll/kll.ts';
import { KllFeed } from '../core/sketch/kll/kllFeed.ts';
import { TopList } from '../core/sketch/top/topList.ts';
import { FlowKeys, HOST_WORDS, PAIR_WORDS, SERVICE_WORDS } from '../core/summary/flowKeys.ts';
import { KeyedFeed } from '../core/summary/keyedFeed.ts';
import { readingSeed } from '../core/summary/seed.ts';
import { Ended, Statistics } from '../core/summary/statistics.ts';
import { BusySite, type BusyWindow, feedWindow } from '../test/support/busySite.ts';
import type { Work } from './blockTimer.ts';

const WINDOW_SECONDS = 10;
const WINDOW = 170_000_000;
const seed = Uint8Array.from(readingSeed);

/** Hashes of a flow: places of four words each. */
const Hash = { A: 0, B: 1, AB: 2, BA: 3, FLOW: 4, SERVICE: 5 } as const;
const HASHES = 6;

/** What a list needs of a flow: which hash and key, and the places of its counts in the deltas. */
interface Row {
  readonly hash: number;
  readonly key: number;
  readonly counts: readonly [number, number];
}

/**
 * What each section costs in one window of a busy site, by flow that had packets in it. Sections get hashes that were made
 * before; making them is a row of its own. What count-min and the sample cost holds their own hashing.
 */
export function sections(): Work[] {
  const window = new BusySite(7).next();
  const site = new Recorded(window);
  return [
    keys(window),
    locality(window),
    distinct(site, 'distinct.sources', [Hash.A, Hash.B], [0, 2]),
    distinct(site, 'distinct.destinations', [Hash.A, Hash.B], [2, 0]),
    distinct(site, 'distinct.pairs', [Hash.AB, Hash.BA], [0, 2]),
    distinct(site, 'distinct.flows', [Hash.FLOW], [0]),
    distinct(site, 'distinct.services', [Hash.SERVICE], [0]),
    list(site, 'top.hosts', HOST_WORDS, [both(Hash.A, FlowKeys.A), both(Hash.B, FlowKeys.B)]),
    list(site, 'top.sources', HOST_WORDS, [sent(Hash.A, FlowKeys.A, 0), sent(Hash.B, FlowKeys.B, 2)]),
    list(site, 'top.destinations', HOST_WORDS, [sent(Hash.A, FlowKeys.A, 2), sent(Hash.B, FlowKeys.B, 0)]),
    list(site, 'top.pairs', PAIR_WORDS, [sent(Hash.AB, FlowKeys.A, 0), sent(Hash.BA, FlowKeys.B, 2)]),
    list(site, 'top.services', SERVICE_WORDS, [both(Hash.SERVICE, 3 * HOST_WORDS)]),
    keyed(window, 'point.octets'),
    keyed(window, 'sample'),
    quantiles(window, 'sizes', Ended.OCTETS),
    quantiles(window, 'durations', Ended.SECONDS),
    quantiles(window, 'handshakes', Ended.HANDSHAKE),
    quantiles(window, 'retransmits', Ended.RETRANSMITTED),
    whole(window, false),
    whole(window, true),
  ];
}

function both(hash: number, key: number): Row {
  return { hash, key, counts: [0, 2] };
}

function sent(hash: number, key: number, at: number): Row {
  return { hash, key, counts: [at, at] };
}

/** Keys and hashes of every flow of a window. */
class Recorded {
  readonly window: BusyWindow;
  /** Key words of each flow as `FlowKeys.words`, then its service. */
  readonly words: Uint32Array;
  readonly width: number = 3 * HOST_WORDS + 1;
  readonly hashes: Int32Array;
  /** The hash at hand, as `Distinct.addHash` takes it. */
  readonly h: Int32Array = new Int32Array(4);

  constructor(window: BusyWindow) {
    this.window = window;
    this.words = new Uint32Array(window.flows * this.width);
    this.hashes = new Int32Array(window.flows * HASHES * 4);
    const keys = new FlowKeys(new KeyHasher());
    for (let i = 0; i < window.flows; i++) {
      let at = i * HASHES * 4;
      hashAll(keys, window, i, () => {
        this.hashes.set(keys.hasher.h, at);
        at += 4;
      });
      this.words.set(keys.words, i * this.width);
      this.words[(i + 1) * this.width - 1] = window.service[i]!;
    }
  }

  take(i: number, hash: number): Int32Array {
    const at = (i * HASHES + hash) * 4;
    for (let n = 0; n < 4; n++) this.h[n] = this.hashes[at + n]!;
    return this.h;
  }
}

/** Makes the hashes of a flow in the order of `Hash`. */
function hashAll(keys: FlowKeys, window: BusyWindow, i: number, take: () => void): void {
  keys.set(window.address, i * 8, 0);
  keys.hashA();
  take();
  keys.hashB();
  take();
  keys.hashPairAB();
  take();
  keys.hashPairBA();
  take();
  keys.hashFlow(window.protocol[i]!, window.ports[2 * i]!, window.ports[2 * i + 1]!);
  take();
  keys.hashService(window.service[i]!);
  take();
}

function keys(window: BusyWindow): Work {
  const made = new FlowKeys(new KeyHasher());
  const nothing = (): void => undefined;
  return {
    name: 'keys and hashes',
    items: window.flows,
    run() {
      for (let i = 0; i < window.flows; i++) hashAll(made, window, i, nothing);
    },
  };
}

function locality(window: BusyWindow): Work {
  const local = new NetworkSet(nonGlobalNetworks);
  let found = 0;
  return {
    name: 'which ends are local',
    items: window.flows,
    run() {
      for (let at = 0; at < window.address.length; at += 4) if (local.has(window.address, at)) found++;
      if (found === 0) throw new Error('no local address');
    },
  };
}

function distinct(site: Recorded, name: string, hashes: readonly number[], counts: readonly number[]): Work {
  const count = new Distinct(false, 12);
  const { flows, deltas } = site.window;
  return {
    name,
    items: flows,
    run() {
      count.reset();
      for (let i = 0; i < flows; i++) {
        for (let n = 0; n < hashes.length; n++) {
          if (deltas[4 * i + counts[n]!] !== 0) count.addHash(site.take(i, hashes[n]!));
        }
      }
    },
  };
}

function list(site: Recorded, name: string, width: number, rows: readonly Row[]): Work {
  const top = new TopList(width, 1024, 'octets');
  const { flows, deltas } = site.window;
  return {
    name,
    items: flows,
    run() {
      top.reset();
      for (let i = 0; i < flows; i++) {
        for (const { hash, key, counts } of rows) {
          const [one, other] = [4 * i + counts[0], 4 * i + counts[1]];
          const packets = deltas[one]! + (one === other ? 0 : deltas[other]!);
          const octets = deltas[one + 1]! + (one === other ? 0 : deltas[other + 1]!);
          if (packets !== 0) top.addHashed(site.take(i, hash)[1]!, site.words, i * site.width + key, packets, octets);
        }
      }
    },
  };
}

function keyed(window: BusyWindow, name: 'point.octets' | 'sample'): Work {
  const feed = new KeyedFeed(seed, WINDOW_SECONDS);
  const made = new FlowKeys(new KeyHasher());
  return {
    name,
    items: window.flows,
    run() {
      feed.begin(WINDOW);
      for (let i = 0; i < window.flows; i++) {
        made.set(window.address, i * 8, 0);
        if (name === 'sample') {
          made.hashFlow(window.protocol[i]!, window.ports[2 * i]!, window.ports[2 * i + 1]!);
          feed.addFlow(made, window.deltas, 4 * i + 1);
        } else {
          feed.addAddress(made, false, window.deltas, 4 * i + 1);
          feed.addAddress(made, true, window.deltas, 4 * i + 1);
        }
      }
    },
  };
}

/** A connection each: what ends in a window is about half as many. */
function quantiles(window: BusyWindow, name: string, place: number): Work {
  const feed = new KllFeed(new Kll(1));
  return {
    name: `${name} (a connection)`,
    items: window.ended.length / 4,
    run() {
      feed.reset(1);
      for (let at = place; at < window.ended.length; at += 4) feed.updateFrom(window.ended, at);
      feed.take();
    },
  };
}

function whole(window: BusyWindow, isKeyed: boolean): Work {
  const statistics = new Statistics({
    exact: false,
    topCapacity: 1024,
    by: 'octets',
    ...(isKeyed ? { keyed: { seed, windowSeconds: WINDOW_SECONDS } } : {}),
  });
  return {
    name: isKeyed ? 'all of a flow, with a seed' : 'all of a flow, without one',
    items: window.flows,
    run() {
      statistics.reset(WINDOW);
      feedWindow(statistics, window);
    },
  };
}
