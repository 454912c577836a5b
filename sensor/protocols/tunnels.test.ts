import { expect, test } from 'vitest';
import type { Row } from '../../core/records/record.ts';
import { Tunnels } from './tunnels.ts';

const id = { uid: 'C1', 'id.orig_h': '192.0.2.1', 'id.orig_p': 50_000, 'id.resp_h': '192.0.2.2', 'id.resp_p': 4789 };

test('a carrier over UDP has a row when it begins and one when it is over', () => {
  const rows: Row[] = [];
  const tunnels = new Tunnels((_log, row) => rows.push(row));
  tunnels.begin(id, 17, 1.5);
  tunnels.end(id, 2.5);
  tunnels.begin({ ...id, 'id.orig_p': 2152, 'id.resp_p': 3000 }, 17, 3);
  expect(rows).toEqual([
    { ts: 1.5, ...id, tunnel_type: 'Tunnel::VXLAN', action: 'Tunnel::DISCOVER' },
    { ts: 2.5, ...id, tunnel_type: 'Tunnel::VXLAN', action: 'Tunnel::CLOSE' },
    { ts: 3, ...id, 'id.orig_p': 2152, 'id.resp_p': 3000, tunnel_type: 'Tunnel::GTPv1', action: 'Tunnel::DISCOVER' },
  ]);
});

test('a carrier without ports is told of once, however often its flow begins anew', () => {
  const rows: Row[] = [];
  const tunnels = new Tunnels((_log, row) => rows.push(row));
  const bare = { ...id, 'id.orig_p': 0, 'id.resp_p': 0 };
  for (let n = 0; n < 3; n++) {
    tunnels.begin(bare, 47, n);
    tunnels.begin(bare, 41, n);
  }
  expect(rows.map((row) => row['tunnel_type'])).toEqual(['Tunnel::GRE', 'Tunnel::IP']);
  // What is remembered is bounded: the oldest are forgotten.
  for (let n = 0; n < 20_000; n++) tunnels.begin({ ...bare, 'id.orig_h': `10.0.${n >> 8}.${n & 255}` }, 47, n);
  tunnels.begin(bare, 47, 9);
  expect(rows).toHaveLength(2 + 20_000 + 1);
});
