import type { StreamBounds } from './bounds.ts';
import type { WaitingSegments } from './waiting.ts';

/** What waits above holes, in all flows: by direction of a slot, in the order in which the holes were seen. */
export class Holdings {
  /** Octets that wait, overhead included. */
  total = 0;
  readonly #bounds: StreamBounds;
  readonly #waiting: Map<number, WaitingSegments> = new Map();
  readonly #byAddress: Map<string, number> = new Map();

  constructor(bounds: StreamBounds) {
    this.#bounds = bounds;
  }

  /** Directions that wait. */
  get count(): number {
    return this.#waiting.size;
  }

  /** Addresses of which something waits. */
  get addresses(): number {
    return this.#byAddress.size;
  }

  /** What was first to wait. */
  get oldest(): WaitingSegments | undefined {
    return this.#waiting.values().next().value;
  }

  get(slot: number, end: number): WaitingSegments | undefined {
    return this.#waiting.get(2 * slot + end);
  }

  add(waiting: WaitingSegments): void {
    this.#waiting.set(2 * waiting.waiter.slot + waiting.waiter.end, waiting);
  }

  delete(waiting: WaitingSegments): void {
    this.change(waiting, -waiting.held);
    this.#waiting.delete(2 * waiting.waiter.slot + waiting.waiter.end);
  }

  /** What a direction holds has changed by `octets`. */
  change(waiting: WaitingSegments, octets: number): void {
    this.total += octets;
    const [a, b] = waiting.waiter.addresses;
    this.#countAddress(a, octets);
    if (a !== b) this.#countAddress(b, octets);
  }

  /** Whether that direction, one of its addresses or all together hold more than they may. */
  isOver(waiting: WaitingSegments): boolean {
    const { perFlow, perAddress, total } = this.#bounds;
    if (waiting.held > perFlow || this.total > total) return true;
    return waiting.waiter.addresses.some((address) => (this.#byAddress.get(address) ?? 0) > perAddress);
  }

  #countAddress(address: string, octets: number): void {
    const held = (this.#byAddress.get(address) ?? 0) + octets;
    if (held > 0) this.#byAddress.set(address, held);
    else this.#byAddress.delete(address);
  }
}
