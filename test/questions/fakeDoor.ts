import { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { TopList } from '../../core/sketch/top/topList.ts';
import { kinds, LG_K } from '../../core/summary/kinds.ts';
import { encodeSection } from '../../core/summary/section.ts';
import { Split } from '../../core/summary/split.ts';
import type { WireSection } from '../../proto/partCodec.ts';
import type { ControlStore, KnownSensor } from '../../manager/store/controlStore.ts';
import type { DnsStore } from '../../manager/store/dnsStore.ts';
import { emptySums } from '../../manager/store/dnsSums.ts';
import { rangeOf } from '../../manager/store/ranges.ts';
import { addUp } from '../../manager/store/storeCounts.ts';
import type { SummaryStore, TapSpan, WindowRow } from '../../manager/store/summaryStore.ts';

export interface FakeWindow {
  row: WindowRow;
  sections: WireSection[];
}

/** A store and a control store of windows in memory: what questions see of the real ones. */
export interface FakeDoor {
  store: SummaryStore;
  /** Without any digest; names beside addresses can be put into `hostNames`. */
  dns: DnsStore;
  hostNames: Map<string, string>;
  control: ControlStore;
  windows: FakeWindow[];
  arrive: (window: FakeWindow) => void;
}

export const fakeStart = 1_700_000_400;

export function createFakeDoor(windows: FakeWindow[], grain = 10): FakeDoor {
  const listeners = new Set<(row: WindowRow) => void>();
  const taps = (): TapSpan[] => {
    const spans = new Map<string, TapSpan>();
    for (const { row } of windows) {
      const id = `${row.site}/${row.sensor}/${row.tap}`;
      const { site, sensor, tap, replay, start, seconds } = row;
      const span = spans.get(id) ?? {
        site,
        sensor,
        tap,
        replay,
        from: start,
        to: start + seconds,
        seconds,
        expiredTo: undefined,
        windows: 0,
      };
      spans.set(id, span);
      span.windows += 1;
      span.from = Math.min(span.from, start);
      span.to = Math.max(span.to, start + seconds);
    }
    return [...spans.values()];
  };
  let read = 0;
  const store: SummaryStore = {
    append: () => Promise.reject(new Error('a fake')),
    received: () => [],
    grain: () => grain,
    counts({ cuts, accepts }) {
      const rows = windows.filter(({ row }) => accepts(row)).map(({ row }) => row);
      return Promise.resolve(addUp(cuts, rows, []));
    },
    async *sections({ cuts, accepts }, wanted) {
      for (const { row, sections } of windows) {
        const range = rangeOf(cuts, row);
        if (range < 0 || !accepts(row)) continue;
        read += 1;
        await Promise.resolve();
        for (const section of sections)
          if (wanted.has(section.kind)) yield { tap: row, range, start: row.start, seconds: row.seconds, section };
      }
    },
    rowsRead: () => read,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    taps,
    expire: () => Promise.resolve(),
  };
  const control: ControlStore = {
    seed: () => new Uint8Array(16).fill(7),
    sensorSeen: () => true,
    touch: () => undefined,
    sensors: () => [
      ...new Map(
        taps().map(({ site, sensor, replay }): [string, KnownSensor] => [
          `${site}/${sensor}`,
          { site, name: sensor, software: 'fake', firstSeen: 0, lastSeen: 0, replay },
        ]),
      ).values(),
    ],
  };
  const hostNames = new Map<string, string>();
  const dns: DnsStore = {
    pairs: () => Promise.resolve({ rows: [], more: false }),
    namesOf: (addresses) =>
      Promise.resolve(
        new Map(
          addresses.flatMap((address) => {
            const name = hostNames.get(address);
            return name === undefined ? [] : [[address, { name, last: 0 }] as const];
          }),
        ),
      ),
    names: () => Promise.resolve([]),
    clients: () => Promise.resolve([]),
    queries: () => Promise.resolve([]),
    sums: () => Promise.resolve(emptySums()),
  };
  return {
    store,
    dns,
    hostNames,
    control,
    windows,
    arrive(window) {
      windows.push(window);
      for (const listener of listeners) listener(window.row);
    },
  };
}

const hasher = new KeyHasher();

/** A window in which each of the hosts sent as many octets as its number, a packet each. */
export function fakeWindow(changes: Partial<WindowRow> & { start: number }, hosts: readonly number[] = []): FakeWindow {
  const seconds = changes.seconds ?? 10;
  const row: WindowRow = {
    site: 'oslo',
    sensor: 'a',
    tap: 'tap0',
    replay: true,
    seconds,
    windowSeconds: seconds,
    coveredFrom: changes.start,
    coveredTo: changes.start + seconds,
    packets: hosts.length,
    octets: hosts.reduce((sum, host) => sum + host, 0),
    loss: { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 },
    ...changes,
  };
  const [local, remote] = [new Distinct(false), new Distinct(false)];
  const list = new TopList(5, 64, 'octets');
  for (const host of hosts) {
    hasher.words.fill(0, 0, 2);
    hasher.words[2] = 0xffff0000;
    hasher.words[3] = 10 + host * 2 ** 24;
    hasher.hash(16);
    (host % 2 === 0 ? local : remote).addHash(hasher.h);
    list.add(Uint32Array.of(0, 0, 0xffff, 0x0a000000 + host, 0), 0, 1, host);
  }
  const rows = list.toRows();
  return {
    row,
    sections: [
      encodeSection(kinds.sources, [LG_K], new Split(local, remote, 99)),
      encodeSection(kinds.destinations, [LG_K], new Split(new Distinct(false), new Distinct(false), 99)),
      encodeSection(kinds.topHosts, [64], new Split(rows, kinds.topHosts.empty([64]).local, 99)),
    ],
  };
}
