/**
 * Connections whose tunnel changes while they last, by Zeek's rules: a change of the stack of tunnels around a packet is
 * noted five times, and from the sixth on the connection is marked once (`X` in its history, a row of `weird.log`).
 *
 * Stacks are equal when their carriers are the same connections, whichever way these go. VXLAN and Geneve choose the
 * source port by the content, so that their two directions are two connections.
 */
import type { PacketFields } from '../../core/packet/fields.ts';

/** Zeek's `Tunnel::max_changes_per_connection`. */
export const MOST_TUNNEL_CHANGES = 5;

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
    const signature = signatureOf(fields.outerCount, carriers);
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

function signatureOf(count: number, carriers: Int32Array): number {
  let signature = count;
  for (let n = 0; n < count; n++) {
    signature = (Math.imul(signature, 0x9e37_79b1) + carriers[n]!) | 0;
  }
  return signature === NO_TUNNEL ? 1 : signature;
}
