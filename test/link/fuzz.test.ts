import { expect, test } from 'vitest';
import { decodeMessage } from '../../proto/linkCodec.ts';
import { decodePart } from '../../proto/partCodec.ts';
import { GoodStore, runFuzz } from './fuzzRun.ts';
import { ingestBench } from './ingestBench.ts';
import { bombs, fuzzSections } from './linkFuzz.ts';

const { startIngest, makeLink } = ingestBench();

test('mutated messages are refused by code, and do nothing to another sensor', async () => {
  await runFuzz(await startIngest({ store: new GoodStore() }), makeLink, 3000, 500);
}, 60_000);

test('mutated sections are read or refused, whatever decodes or merges them', () => {
  const { read, refused } = fuzzSections(5000, 1);
  expect(read + refused).toBe(5000);
  expect(refused).toBeGreaterThan(1000);
  expect(read).toBeGreaterThan(100);
});

test('what would take much memory is refused before it does', () => {
  for (const bomb of bombs()) {
    const before = process.memoryUsage().heapUsed;
    expect(decodePart(bomb)).toEqual({ type: 'fault', reason: 'not a part, or too many fields' });
    expect(decodeMessage(bomb).type).toBe('fault');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 << 20);
  }
});
