/**
 * Connections whose tunnel changes while they last, by Zeek's rules: a change of the stack of tunnels around a packet is
 * noted five times, and from the sixth on the connection is marked once (`X` in its history, a row of `weird.log`).
 *
 * Stacks are equal when their carriers are the same connections. Where both directions of a tunnel use one carrier, these
 * are equal for IP in IP, GRE, VXLAN and Geneve, and different for all others (GTP, Teredo).
 */
import { IpProtocol } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';

/** Zeek's `Tunnel::max_changes_per_connection`. */
export const MOST_TUNNEL_CHANGES = 5;

const VXLAN = 4789;
const GENEVE = 6081;
const NO_TUNNEL = 0;

interface Stack {
  signature: number;
  changes: number;
}

/** Remembers the stack of each connection that was seen in a tunnel: as bounded as the flow table. */
export class TunnelChanges {
  readonly #stacks: Map<number, Stack> = new Map();

  get size(): number {
    return this.#stacks.size;
  }

  /**
   * The packet at hand, of the connection in `slot`, with the slots of its carriers, outermost first. Answers true when
   * this is the change that is one too many.
   */
  look(slot: number, fields: PacketFields, carriers: Int32Array): boolean {
    if (fields.outerCount === 0 && this.#stacks.size === 0) return false;
    const known = this.#stacks.get(slot);
    if (fields.outerCount === 0) {
      if (known !== undefined) known.signature = NO_TUNNEL;
      return false;
    }
    const signature = signatureOf(fields, carriers);
    if (known === undefined) {
      this.#stacks.set(slot, { signature, changes: 0 });
      return false;
    }
    if (known.signature === signature) return false;
    const isChange = known.signature !== NO_TUNNEL;
    known.signature = signature;
    return isChange && ++known.changes === MOST_TUNNEL_CHANGES + 1;
  }

  /** The connection is over. */
  end(slot: number): void {
    this.#stacks.delete(slot);
  }
}

function signatureOf(fields: PacketFields, carriers: Int32Array): number {
  let signature = fields.outerCount;
  for (let n = 0; n < fields.outerCount; n++) {
    signature = (Math.imul(signature, 0x9e37_79b1) + 2 * carriers[n]! + direction(fields, n)) | 0;
  }
  return signature === NO_TUNNEL ? 1 : signature;
}

/** Which way the carrier goes, 0 or 1; always 0 where that makes no difference. */
function direction(fields: PacketFields, n: number): 0 | 1 {
  if (fields.outerProtocol[n] !== IpProtocol.UDP) return 0;
  const { outerAddress, outerPorts } = fields;
  const to = outerPorts[2 * n + 1]!;
  if (to === VXLAN || to === GENEVE) return 0;
  for (let i = 8 * n; i < 8 * n + 4; i++) {
    if (outerAddress[i] !== outerAddress[i + 4]) return outerAddress[i]! > outerAddress[i + 4]! ? 1 : 0;
  }
  return outerPorts[2 * n]! > to ? 1 : 0;
}
