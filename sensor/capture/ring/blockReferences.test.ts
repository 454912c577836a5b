import { expect, test } from 'vitest';
import { BlockReferences } from './blockReferences.ts';

test('the last holder gives the block back', () => {
  const status = Int32Array.of(1, 1, 1, 1);
  const references = new BlockReferences(new Int32Array(new SharedArrayBuffer(8)), status, 1, 2);
  expect(references.isHeld(1)).toBe(false);
  references.take(1);
  references.hold(1);
  references.drop(1);
  expect([references.status(1), references.isHeld(1)]).toEqual([1, true]);
  references.drop(1);
  expect([references.status(1), references.isHeld(1)]).toEqual([0, false]);
  expect([...status]).toEqual([1, 1, 1, 0]);
  // Nothing to wait for: returns at once.
  references.wait(1, 60_000);
});
