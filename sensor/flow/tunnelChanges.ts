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

/** Most that is counted; no row needs more. */
const MOST_COUNTED = 255;
const FIRST_SLOTS = 1024;

/** Remembers the stack of each connection that was seen in a tunnel: five octets a slot, once there is one. */
export class TunnelChanges {
  /** By slot: the stack, and one more than its changes; 0 = none was seen. */
  #signatures: Int32Array = new Int32Array(0);
  #changes: Uint8Array = new Uint8Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * The packet at hand, of the connection in `slot`, with the slots of its carriers, outermost first. Answers true when
   * this is the change that is one too many.
   */
  look(slot: number, fields: PacketFields, carriers: Int32Array): boolean {
    if (fields.outerCount === 0) {
      if (this.#isKnown(slot)) this.#signatures[slot] = NO_TUNNEL;
      return false;
    }
    const signature = signatureOf(fields.outerCount, carriers);
    if (!this.#isKnown(slot)) {
      this.#grow(slot);
      this.#size++;
      this.#signatures[slot] = signature;
      this.#changes[slot] = 1;
      return false;
    }
    const before = this.#signatures[slot]!;
    if (before === signature) return false;
    this.#signatures[slot] = signature;
    const changes = this.#changes[slot]!;
    if (before === NO_TUNNEL || changes === MOST_COUNTED) return false;
    this.#changes[slot] = changes + 1;
    return changes === MOST_TUNNEL_CHANGES + 1;
  }

  /** The connection is over. */
  end(slot: number): void {
    if (!this.#isKnown(slot)) return;
    this.#changes[slot] = 0;
    this.#size--;
  }

  #isKnown(slot: number): boolean {
    return this.#size > 0 && slot < this.#changes.length && this.#changes[slot] !== 0;
  }

  #grow(slot: number): void {
    const { length } = this.#changes;
    if (slot < length) return;
    const slots = Math.max(FIRST_SLOTS, slot + 1, length * 2);
    const signatures = new Int32Array(slots);
    signatures.set(this.#signatures);
    this.#signatures = signatures;
    const changes = new Uint8Array(slots);
    changes.set(this.#changes);
    this.#changes = changes;
  }
}

function signatureOf(count: number, carriers: Int32Array): number {
  let signature = count;
  for (let n = 0; n < count; n++) {
    signature = (Math.imul(signature, 0x9e37_79b1) + carriers[n]!) | 0;
  }
  return signature === NO_TUNNEL ? 1 : signature;
}
