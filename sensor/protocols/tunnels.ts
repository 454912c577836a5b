import { IpProtocol } from '../../core/packet/numbers.ts';
import { tunnel } from '../../core/records/tunnel.ts';
import { RememberedKeys } from './rememberedKeys.ts';
import type { Emit, FlowId } from './protocol.ts';

/** Tunnels without ports whose ends are remembered: one is told of once a run, unless it is of the longest ago. */
const MOST_KNOWN = 16_384;

/** Kinds of tunnels by the port of UDP that carries them. */
const typesByPort: ReadonlyMap<number, string> = new Map([
  [4789, 'Tunnel::VXLAN'],
  [6081, 'Tunnel::GENEVE'],
  [2152, 'Tunnel::GTPv1'],
  [3544, 'Tunnel::TEREDO'],
]);

/**
 * Rows of `tunnel.log`. A carrier over UDP has one when it begins and one when it is over; of the others (IP in IP, GRE)
 * nobody says when they are over.
 */
export class Tunnels {
  readonly #emit: Emit;
  readonly #known: RememberedKeys = new RememberedKeys(MOST_KNOWN);

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** A carrier's flow begins. `time` is its first packet's. */
  begin(id: FlowId, protocol: number, time: number): void {
    if (protocol !== IpProtocol.UDP && this.#known.meet(`${id['id.orig_h']} ${id['id.resp_h']} ${protocol}`)) return;
    this.#emit(tunnel, { ts: time, ...id, tunnel_type: tunnelType(id, protocol), action: 'Tunnel::DISCOVER' });
  }

  /** A carrier over UDP is over. `time` is when that was found. */
  end(id: FlowId, time: number): void {
    this.#emit(tunnel, { ts: time, ...id, tunnel_type: tunnelType(id, IpProtocol.UDP), action: 'Tunnel::CLOSE' });
  }
}

function tunnelType(id: FlowId, protocol: number): string {
  if (protocol === IpProtocol.GRE) return 'Tunnel::GRE';
  if (protocol !== IpProtocol.UDP) return 'Tunnel::IP';
  return typesByPort.get(id['id.resp_p']) ?? typesByPort.get(id['id.orig_p']) ?? 'Tunnel::NONE';
}
