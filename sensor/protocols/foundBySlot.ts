import type { Found } from './flow.ts';

/** Different findings that are told apart: a handful of services make them. */
const MOST_DIFFERENT = 0xffff;

/** What was found of flows that nobody looks at any more: two octets a slot, as most flows have the same findings. */
export class FoundBySlot {
  readonly #kinds: Found[] = [];
  readonly #numbers: Map<string, number> = new Map();
  /** 0 = nothing was found; else one more than the place in `#kinds`. */
  readonly #bySlot: Uint16Array;

  constructor(slots: number) {
    this.#bySlot = new Uint16Array(slots);
  }

  put(slot: number, { services, hiddenDns }: Found): void {
    this.#bySlot[slot] = services.length === 0 && hiddenDns === undefined ? 0 : this.#number(services, hiddenDns);
  }

  /** Answers with what was found, and forgets it. */
  take(slot: number): Found | undefined {
    const number = this.#bySlot[slot]!;
    if (number === 0) return undefined;
    this.#bySlot[slot] = 0;
    return this.#kinds[number - 1];
  }

  #number(services: Found['services'], hiddenDns: Found['hiddenDns']): number {
    // Most have one service.
    const key =
      services.length === 1 && hiddenDns === undefined ? services[0]! : `${services.join(',')} ${hiddenDns ?? ''}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#kinds.length >= MOST_DIFFERENT) return 0;
    this.#numbers.set(key, this.#kinds.push({ services, hiddenDns }));
    return this.#kinds.length;
  }
}
