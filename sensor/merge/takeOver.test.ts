import { expect, test } from 'vitest';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { serviceKey } from '../../core/summary/flowKeys.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { Statistics } from '../../core/summary/statistics.ts';
import { hostWords } from '../../test/support/windowSummaries.ts';
import { handOver } from '../window/handOver.ts';
import { windowSummaryOf } from '../window/part.ts';
import { Window } from '../window/window.ts';
import { PartMaker } from './partMaker.ts';
import { takeOver } from './takeOver.ts';

const hasher = new KeyHasher();
const NUMBER = 170_000_280;
const options = { windowSeconds: 10, worker: 0, covered: { from: 0, to: NUMBER * 20 } };
const SEED = Uint8Array.from({ length: 16 }, (_, i) => i);

/** A window in which `hosts` hosts of two sides spoke; lists of up to 32 keys are exact. */
function windowOf(hosts: number, seed: Uint8Array | undefined): Window {
  const keyed = seed === undefined ? {} : { keyed: { seed, windowSeconds: 10 } };
  const statistics = new Statistics({ exact: false, topCapacity: 32, by: 'octets', number: NUMBER, ...keyed }, hasher);
  const window = new Window(1, NUMBER, false, statistics);
  for (let i = 0; i < hosts; i++) {
    const words = Uint32Array.from([...hostWords(i, true), ...hostWords(i * 3, false)]);
    statistics.deltas.set([i + 1, 100 * (i + 1), i % 3, (i % 3) * 77]);
    statistics.feed(words, 0, 0, 6, 1000 + i, 80, serviceKey(6, i % 50), true);
    statistics.ended.set([i * 1000, i / 7, i / 1000, 0]);
    statistics.connectionEnded();
  }
  window.counters.values.fill(3);
  window.loss.kernel = 9;
  window.loss.blindMillis = 1.5;
  return window;
}

const partsOf = (window: Parameters<PartMaker['add']>[0]): WindowPart[] => {
  const maker = new PartMaker({ tap: 'tap0', windowSeconds: 10, workers: 1 });
  return [...maker.add(window), ...maker.finish()];
};

test('a window that was handed over makes the same parts as one that stayed', () => {
  for (const hosts of [0, 1, 20, 500]) {
    for (const seed of [undefined, SEED]) {
      const handed = handOver(windowOf(hosts, seed), options);
      const received = structuredClone(handed.window, { transfer: handed.transfer });
      expect(partsOf(takeOver(received))).toEqual(partsOf(windowSummaryOf(windowOf(hosts, seed), options)));
    }
  }
});

test('statistics can be used again once they were handed over', () => {
  const window = windowOf(500, SEED);
  const handed = handOver(window, options);
  window.statistics.reset(NUMBER + 1);
  expect(partsOf(takeOver(handed.window))).toEqual(partsOf(windowSummaryOf(windowOf(500, SEED), options)));
});
