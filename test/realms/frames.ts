import { ethernet, vlan } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { udp } from '../../core/packet/build/transport.ts';
import { EtherType, IpProtocol } from '../../core/packet/numbers.ts';

export const START = 1_700_000_000;

/** A datagram of host 10.0.0.`host` to one global address. */
export function datagramOf(host: number): Uint8Array {
  const datagram = udp({ sourcePort: 40_000, destinationPort: 53 }, new Uint8Array(host));
  return ipv4({ source: `10.0.0.${host}`, destination: '8.8.8.8', protocol: IpProtocol.UDP }, datagram);
}

/** The same in a frame, tagged where an id is given. */
export function inVlan(host: number, id?: number): Uint8Array {
  const packet = datagramOf(host);
  return id === undefined ? ethernet({}, packet) : ethernet({ type: EtherType.VLAN }, vlan({ id }, packet));
}
