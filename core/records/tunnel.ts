import type { Log, RecordOf } from './record.ts';

/** Two rows a tunnel: when it is seen first, and when it is over. */
export const tunnel = {
  path: 'tunnel',
  text: 'Tunnels that were looked into: a row when one is seen first, and one when it is over.',
  fields: [
    { name: 'ts', type: 'time', text: 'Time of the packet that showed it; of its last packet when it is over.' },
    { name: 'uid', type: 'string', text: 'Name of the carrying connection, as in `conn.log` where that has it.' },
    { name: 'id.orig_h', type: 'addr', text: 'Address of the end that sent first.' },
    { name: 'id.orig_p', type: 'port', text: 'Its port, 0 where the carrier has none.' },
    { name: 'id.resp_h', type: 'addr', text: 'Address of the other end.' },
    { name: 'id.resp_p', type: 'port', text: 'Its port, likewise.' },
    {
      name: 'tunnel_type',
      type: 'enum',
      text: '`Tunnel::IP`, `Tunnel::GRE`, `Tunnel::VXLAN`, `Tunnel::GENEVE`, `Tunnel::GTPv1`, `Tunnel::TEREDO`.',
    },
    { name: 'action', type: 'enum', text: '`Tunnel::DISCOVER` or `Tunnel::CLOSE`.' },
  ],
} as const satisfies Log;

export type TunnelRecord = RecordOf<typeof tunnel>;
