import { Refusal } from '../../../core/sketch/refusal.ts';
import type { TopRows } from '../../../core/sketch/top/topRows.ts';
import { kinds } from '../../../core/summary/kinds.ts';
import { decodeSection } from '../../../core/summary/section.ts';
import type { SectionKind } from '../../../core/summary/section.ts';
import { Split, UNSPLIT_SCOPE, rowsOf } from '../../../core/summary/split.ts';
import type { WireSection } from '../../../proto/partCodec.ts';
import type { Metric, Side } from '../../../proto/routes.ts';
import type { Fold, LeftOut } from './fold.ts';
import { keyTexts } from './keyText.ts';
import type { ListKind } from './keyText.ts';

/** One list of everything. */
export interface TopPlan {
  fold: 'top';
  what: ListKind;
  by: Metric;
  side: Side;
  limit: number;
}

export interface ListedKey {
  key: string;
  packets: number;
  octets: number;
  error: { packets: number; octets: number };
}

export interface TopResult extends LeftOut {
  rows: ListedKey[];
  /** The most that a key which is not among the rows can have had. */
  others: { packets: number; octets: number };
}

/**
 * Keys that are kept while lists are merged: more than in any list, so that what one of them lacks is hardly ever cut
 * off for want of room.
 */
const workingCapacity = 4096;

/** Lists that are not told apart by where their hosts are. */
const plainKinds: Readonly<Partial<Record<ListKind, SectionKind<TopRows>>>> = {
  services: kinds.topServices,
  statusClients: kinds.statusClients,
  statusServers: kinds.statusServers,
};

const splitKinds: Readonly<Partial<Record<ListKind, SectionKind<Split<TopRows>>>>> = {
  hosts: kinds.topHosts,
  sources: kinds.topSources,
  destinations: kinds.topDestinations,
  pairs: kinds.topPairs,
};

export function sectionsOfTop(what: ListKind): number[] {
  const kind = plainKinds[what] ?? splitKinds[what];
  return kind === undefined ? [] : [kind.kind];
}

export function createTopFold(plan: TopPlan): Fold<TopResult> {
  // Lists are merged in pairs of like size, as carries add up: each row is looked at log(n) times, not n.
  const carries: (Split<TopRows> | undefined)[] = [];
  // A plain list is the remote side of a split one: these merge alike, whatever their keys.
  const merge = (into: Split<TopRows>, other: Split<TopRows>): void => kinds.topHosts.merge(into, other);
  let leftOut = 0;
  return {
    take({ section }) {
      let carry = readList(plan.what, section);
      if (carry === undefined) {
        leftOut += 1;
        return;
      }
      let at = 0;
      for (let other = carries[at]; other !== undefined; other = carries[at]) {
        merge(other, carry);
        carry = other;
        carries[at] = undefined;
        at += 1;
      }
      carries[at] = carry;
    },
    finish() {
      let all: Split<TopRows> | undefined;
      for (const carry of carries) {
        if (carry === undefined) continue;
        if (all !== undefined) merge(carry, all);
        all = carry;
      }
      if (all === undefined) return { rows: [], others: { packets: 0, octets: 0 }, leftOut };
      return { ...listOf(plan, plan.side === 'all' ? rowsOf(all) : all[plan.side]), leftOut };
    },
  };
}

function readList(what: ListKind, section: WireSection): Split<TopRows> | undefined {
  const plain = plainKinds[what];
  const split = splitKinds[what];
  let list: Split<TopRows> | Refusal | undefined;
  if (plain !== undefined) {
    const rows = decodeSection(plain, section);
    list = rows instanceof Refusal ? rows : new Split(plain.empty([workingCapacity]), rows, UNSPLIT_SCOPE);
  } else if (split !== undefined) list = decodeSection(split, section);
  if (list === undefined) return undefined;
  if (list instanceof Refusal) return undefined;
  list.local.capacity = workingCapacity;
  list.remote.capacity = workingCapacity;
  return list;
}

function listOf({ what, limit, by }: TopPlan, list: TopRows): Omit<TopResult, 'leftOut'> {
  const text = keyTexts[what];
  const rows = list.top(Number.POSITIVE_INFINITY, by);
  const others = { packets: list.floorPackets, octets: list.floorOctets };
  for (const { packets, octets, error } of rows.slice(limit)) {
    others.packets = Math.max(others.packets, packets + error.packets);
    others.octets = Math.max(others.octets, octets + error.octets);
  }
  return {
    rows: rows.slice(0, limit).map(({ key, packets, octets, error }) => ({
      key: text(key),
      packets,
      octets,
      error: { packets: error.packets, octets: error.octets },
    })),
    others,
  };
}
