import { beforeEach, expect, test } from 'vitest';
import { DurableKind } from '../../proto/link.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Lanes, liveMillis } from './lanes.ts';
import type { Spool } from './spool.ts';
import type { SpoolEntry } from './spoolSegments.ts';

/** A spool of entries alone. */
class Entries {
  readonly entries: Pick<SpoolEntry, 'kind' | 'longer' | 'storedAt'>[] = [];
  now = 0;
  readonly clock = { elapsed: () => this.now } as Clock;

  get nextSeq(): number {
    return this.entries.length + 1;
  }

  add(kind: number, longer = false): void {
    this.entries.push({ kind, longer, storedAt: this.now });
  }

  entry(seq: number): Pick<SpoolEntry, 'kind' | 'longer' | 'storedAt'> | undefined {
    return this.entries[seq - 1];
  }

  nextPending(from: number): number | undefined {
    return Math.max(1, from) <= this.entries.length ? Math.max(1, from) : undefined;
  }
}

/** What is under way, not acknowledged. */
const sent = new Set<number>();
beforeEach(() => sent.clear());

function take(lanes: Lanes, count: number): string[] {
  const order: string[] = [];
  for (let i = 0; i < count; i++) {
    const next = lanes.next();
    if (next === undefined) break;
    sent.add(next.seq);
    order.push(`${next.lane}:${next.seq}${lanes.taken(next.seq, next.lane) ? ' thinned' : ''}`);
  }
  return order;
}

test('urgent before live before logs before backlog, the newest windows before those of an outage', () => {
  const spool = new Entries();
  for (let i = 0; i < 3; i++) spool.add(DurableKind.PART);
  spool.add(DurableKind.LOG);
  const lanes = new Lanes(spool as unknown as Spool, spool.clock, (seq) => sent.has(seq));
  spool.add(DurableKind.PART, true);
  spool.add(DurableKind.PART);
  spool.add(DurableKind.ALERT);
  spool.add(77);
  expect(take(lanes, 20)).toEqual(['0:7', '1:6', '2:4', '3:1', '3:2', '3:3', '3:5', '3:8']);
  expect(lanes.next()).toBeUndefined();
});

test('nothing starves: a message that eight others passed is next', () => {
  const spool = new Entries();
  spool.add(DurableKind.PART);
  spool.add(DurableKind.PART);
  const lanes = new Lanes(spool as unknown as Spool, spool.clock, (seq) => sent.has(seq));
  for (let i = 0; i < 30; i++) spool.add(DurableKind.PART);
  const order = take(lanes, 20);
  expect(order.slice(0, 8)).toEqual(Array.from({ length: 8 }, (_, i) => `1:${i + 3}`));
  expect([order[8], order[17]]).toEqual(['3:1', '3:2']);
});

test('a window that waited too long goes with the backlog, counted, and none twice', () => {
  const spool = new Entries();
  const lanes = new Lanes(spool as unknown as Spool, spool.clock, (seq) => sent.has(seq));
  spool.add(DurableKind.PART);
  spool.add(DurableKind.PART);
  spool.now = liveMillis + 1;
  spool.add(DurableKind.PART);
  expect(take(lanes, 9)).toEqual(['1:3', '3:1 thinned', '3:2 thinned']);
});
