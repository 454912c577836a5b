import { expect, test } from 'vitest';
import { FlowClock } from './clock.ts';
import { DnsTimers } from './dnsTimers.ts';
import { Double, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from './layout.ts';

/** Flows by slot, with packets at those seconds; answers when each was over, -1 = not yet. */
class Timed {
  readonly memory = new ArrayBuffer(SLOT_WORDS * 4 * 2048);
  readonly u32 = new Uint32Array(this.memory);
  readonly f64 = new Float64Array(this.memory);
  readonly clock = new FlowClock();
  readonly timers = new DnsTimers(this.u32, this.f64, this.clock);

  packet(slot: number, seconds: number): void {
    this.at(seconds);
    const isNew = (this.u32[slot * SLOT_WORDS + Word.STATE]! & StateBit.USED) === 0;
    this.f64[slot * SLOT_DOUBLES + Double.LAST_SECONDS] = seconds;
    if (!isNew) return;
    this.u32[slot * SLOT_WORDS + Word.STATE] = StateBit.USED;
    this.f64[slot * SLOT_DOUBLES + Double.FIRST_SECONDS] = seconds;
    this.f64[slot * SLOT_DOUBLES + Double.EXPIRES] = 1e9;
    this.timers.start(slot, Float64Array.of(seconds), 0);
  }

  at(seconds: number): void {
    this.clock.advance(seconds, 0);
    this.timers.run();
  }

  isOver(slot: number): boolean {
    return this.f64[slot * SLOT_DOUBLES + Double.EXPIRES]! < this.clock.now[0]!;
  }

  mark(slot: number, bit: number): void {
    this.u32[slot * SLOT_WORDS + Word.STATE]! |= bit;
  }
}

test('a flow is over at the first look that finds it quiet for nine seconds', () => {
  const timed = new Timed();
  timed.packet(1, 100);
  timed.packet(1, 104);
  timed.at(110);
  expect(timed.isOver(1)).toBe(false);
  timed.at(119.9);
  expect(timed.isOver(1)).toBe(false);
  timed.at(120);
  expect(timed.isOver(1)).toBe(true);
  expect(timed.timers.count).toBe(0);
});

test('a look that no packet brought about is made with the next packet', () => {
  const timed = new Timed();
  timed.packet(1, 100);
  timed.packet(1, 104);
  timed.at(113.5);
  expect(timed.isOver(1)).toBe(true);
});

test('what DNS gave up on has no more looks once another packet came', () => {
  const timed = new Timed();
  timed.packet(1, 100);
  timed.packet(2, 100);
  timed.mark(1, StateBit.REFUSED);
  timed.mark(2, StateBit.REFUSED | StateBit.RELEASED);
  timed.at(115);
  expect([timed.isOver(1), timed.isOver(2), timed.timers.count]).toEqual([true, false, 0]);
});

test('a slot that is another flow by now is left alone', () => {
  const timed = new Timed();
  timed.packet(1, 100);
  timed.mark(1, StateBit.USED);
  timed.u32[SLOT_WORDS + Word.STATE] = 0;
  timed.packet(1, 109);
  timed.at(118);
  expect(timed.isOver(1)).toBe(false);
  timed.at(119);
  expect(timed.isOver(1)).toBe(true);
});

test('thousands of flows keep their order', () => {
  const timed = new Timed();
  for (let slot = 0; slot < 2000; slot++) timed.packet(slot, 100 + slot / 1000);
  timed.at(110.5);
  const over = Array.from({ length: 2000 }, (_, slot) => timed.isOver(slot)).filter(Boolean).length;
  expect([over, timed.timers.count]).toEqual([501, 1499]);
});
