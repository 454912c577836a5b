import { expect, test } from 'vitest';
import { PacketFields } from '../../core/packet/fields.ts';
import { TunnelChanges } from './tunnelChanges.ts';

function packet(outerCount = 1): PacketFields {
  const fields = new PacketFields();
  fields.outerCount = outerCount;
  return fields;
}

/** At which of the packets the mark is set; each is a packet and the slot of its carrier. */
function marked(packets: readonly (readonly [PacketFields, number])[]): number[] {
  const changes = new TunnelChanges();
  const at = packets.flatMap(([fields, carrier], i) => (changes.look(7, fields, Int32Array.of(carrier)) ? [i] : []));
  changes.end(7);
  expect(changes.size).toBe(0);
  return at;
}

const turns = Array.from({ length: 20 }, (_, i) => i);

test('the sixth change of carriers marks the connection, once', () => {
  expect(marked(turns.map((i) => [packet(), i % 2]))).toEqual([6]);
  expect(marked(turns.slice(0, 6).map((i) => [packet(), i % 2]))).toEqual([]);
});

test('one carrier for both ways is one tunnel, another depth is another one', () => {
  expect(marked(turns.map(() => [packet(), 3]))).toEqual([]);
  expect(marked(turns.map((i) => [packet(1 + (i % 2)), 3]))).toEqual([6]);
});

test('out of the tunnel and in again is no change', () => {
  expect(marked(turns.map((i) => [i % 2 === 0 ? packet() : new PacketFields(), i]))).toEqual([]);
});
