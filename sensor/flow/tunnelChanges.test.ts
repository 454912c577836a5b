import { expect, test } from 'vitest';
import { PacketFields } from '../../core/packet/fields.ts';
import { TunnelChanges } from './tunnelChanges.ts';

/** A packet in one tunnel over `protocol`, to `port`, from the host with the lower or the higher address. */
function packet(protocol: number, port: number, isReversed = false): PacketFields {
  const fields = new PacketFields();
  fields.outerCount = 1;
  fields.outerProtocol[0] = protocol;
  fields.outerPorts.set([port, port]);
  fields.outerAddress[3] = isReversed ? 2 : 1;
  fields.outerAddress[7] = isReversed ? 1 : 2;
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
  expect(marked(turns.map((i) => [packet(17, 4789), i % 2]))).toEqual([6]);
  expect(marked(turns.slice(0, 6).map((i) => [packet(17, 4789), i % 2]))).toEqual([]);
});

test('the way back is the same tunnel for IP, GRE, VXLAN and Geneve, and another one for GTP', () => {
  for (const [protocol, port] of [
    [41, 0],
    [47, 0],
    [17, 4789],
    [17, 6081],
  ] as const) {
    expect(marked(turns.map((i) => [packet(protocol, port, i % 2 === 1), 3]))).toEqual([]);
  }
  expect(marked(turns.map((i) => [packet(17, 2152, i % 2 === 1), 3]))).toEqual([6]);
});

test('out of the tunnel and in again is no change', () => {
  expect(marked(turns.map((i) => [i % 2 === 0 ? packet(17, 4789) : new PacketFields(), i]))).toEqual([]);
});
