import { expect, test } from 'vitest';
import type { Clock } from '../runtime/clock.ts';
import { SeedStage } from './seedStage.ts';

/** A clock that goes on to the next thing to be done whenever somebody waits. */
class SteppingClock implements Clock {
  time = 0;
  readonly #due: { at: number; action: () => void }[] = [];

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time;
  }

  after(millis: number, action: () => void, background = false): () => void {
    const entry = { at: this.time + millis, action };
    this.#due.push(entry);
    if (!background) queueMicrotask(() => this.step());
    return () => {
      const at = this.#due.indexOf(entry);
      if (at >= 0) this.#due.splice(at, 1);
    };
  }

  step(): void {
    const next = this.#due.sort((a, b) => a.at - b.at).shift();
    if (next === undefined) return;
    this.time = next.at;
    next.action();
  }
}

const [one, other] = [1, 2].map((fill) => new Uint8Array(16).fill(fill));

test('each new seed is told once, and none before there is one', async () => {
  const clock = new SteppingClock();
  const told: number[] = [];
  let known: Uint8Array | undefined;
  const stage = new SeedStage({
    clock,
    configured: undefined,
    known: () => known,
    waits: false,
    tell: (seed) => told.push(seed[0]!),
  });
  await stage.start();
  clock.step();
  expect(told).toEqual([]);
  known = one;
  clock.step();
  clock.step();
  expect(told).toEqual([1]);
  known = other;
  clock.step();
  expect(told).toEqual([1, 2]);
  stage.stop();
  known = one;
  clock.step();
  expect(told).toEqual([1, 2]);
});

test('a replay waits for the first seed, but not for ever', async () => {
  for (const comes of [true, false]) {
    const clock = new SteppingClock();
    const told: number[] = [];
    const known = (): Uint8Array | undefined => (comes && clock.time >= 300 ? one : undefined);
    const stage = new SeedStage({
      clock,
      configured: undefined,
      known,
      waits: true,
      tell: (seed) => told.push(seed[0]!),
    });
    await stage.start();
    expect(told).toEqual(comes ? [1] : []);
    expect(clock.time).toBeGreaterThanOrEqual(comes ? 300 : 5000);
    stage.stop();
  }
});

test('a configured seed holds, whatever the manager says', async () => {
  const told: string[] = [];
  const stage = new SeedStage({
    clock: new SteppingClock(),
    configured: '0f'.repeat(16),
    known: () => one,
    waits: true,
    tell: (seed) => told.push(Buffer.from(seed).toString('hex')),
  });
  await stage.start();
  expect(told).toEqual(['0f'.repeat(16)]);
});
