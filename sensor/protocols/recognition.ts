import { LOOKED, Sign, type StreamProtocol } from './protocol.ts';
import type { StageCounters } from './counters.ts';

/** A piece of what was kept: whose, where it ends in that side's octets, and when it came. */
interface Piece {
  isOrig: boolean;
  to: number;
  time: number;
}

const FIRST_OCTETS = 512;

/**
 * Finds a stream's protocols by its first octets, `LOOKED` of each direction, which are kept so that what is found gets
 * them all. Over as soon as no protocol is left that may be it.
 */
export class Recognition {
  #left: StreamProtocol[];
  /** What each protocol that is left was told, by direction (0 = originator). */
  readonly #signs: Map<StreamProtocol, [Sign, Sign]> = new Map();
  readonly #octets: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
  readonly #lengths: [number, number] = [0, 0];
  readonly #missed: [number, number] = [0, 0];
  readonly #pieces: Piece[] = [];
  readonly #counters: StageCounters;

  constructor(protocols: readonly StreamProtocol[], counters: StageCounters) {
    this.#left = [...protocols];
    this.#counters = counters;
    for (const protocol of protocols) this.#signs.set(protocol, [Sign.MORE, Sign.MORE]);
  }

  /** Nothing is left to be found. */
  get isOver(): boolean {
    return this.#left.length === 0;
  }

  /** It is over: its memory counts no more. */
  release(): void {
    this.#counters.heldOctets -= this.#octets[0].length + this.#octets[1].length;
  }

  /** Octets of that direction that there is room for. */
  room(isOrig: boolean): number {
    return LOOKED - this.#lengths[isOrig ? 0 : 1];
  }

  /** Octets of that direction that came when there was no room. */
  missed(isOrig: boolean): number {
    return this.#missed[isOrig ? 0 : 1];
  }

  /** Octets that are known to be given elsewhere were not kept. */
  miss(isOrig: boolean, octets: number): void {
    this.#missed[isOrig ? 0 : 1] += octets;
  }

  /** Takes octets of a direction; answers with the protocols that they show. */
  add(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): readonly StreamProtocol[] {
    const side = isOrig ? 0 : 1;
    const before = this.#lengths[side];
    const taken = Math.min(to - from, LOOKED - before);
    if (taken > 0) {
      const room = this.#octets[side].length;
      this.#octets[side] = grown(this.#octets[side], before + taken);
      this.#counters.heldOctets += this.#octets[side].length - room;
      this.#octets[side].set(bytes.subarray(from, from + taken), before);
      this.#lengths[side] += taken;
      this.#pieces.push({ isOrig, to: before + taken, time });
    }
    return this.#judge(side, isOrig);
  }

  /** No more octets of that side can be looked at in order: what is undecided there is no. */
  close(isOrig: boolean): void {
    const side = isOrig ? 0 : 1;
    for (const protocol of this.#left) {
      const signs = this.#signs.get(protocol);
      if (signs?.[side] === Sign.MORE) signs[side] = Sign.NO;
    }
    this.#left = this.#left.filter((protocol) => !this.#isOut(protocol));
  }

  /** Hands over what was kept, in the order in which it came. */
  replay(take: (isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number) => void): void {
    const at: [number, number] = [0, 0];
    for (const { isOrig, to, time } of this.#pieces) {
      const side = isOrig ? 0 : 1;
      take(isOrig, this.#octets[side], at[side], to, time);
      at[side] = to;
    }
  }

  #judge(side: 0 | 1, isOrig: boolean): readonly StreamProtocol[] {
    const found: StreamProtocol[] = [];
    const length = this.#lengths[side];
    for (const protocol of this.#left) {
      const signs = this.#signs.get(protocol)!;
      if (signs[side] !== Sign.MORE) continue;
      this.#counters.looks++;
      this.#counters.lookedOctets += length;
      signs[side] = protocol.recognise!(isOrig, this.#octets[side], length);
      if (signs[side] === Sign.MORE && length >= LOOKED) signs[side] = Sign.NO;
      if (isShown(protocol, signs)) found.push(protocol);
    }
    this.#left = this.#left.filter((protocol) => !found.includes(protocol) && !this.#isOut(protocol));
    return found;
  }

  #isOut(protocol: StreamProtocol): boolean {
    const [orig, resp] = this.#signs.get(protocol)!;
    switch (protocol.oneSided) {
      case 'orig':
        return orig === Sign.NO;
      case 'resp':
        return resp === Sign.NO;
      case 'either':
        return orig === Sign.NO && resp === Sign.NO;
      default:
        return orig === Sign.NO || resp === Sign.NO;
    }
  }
}

function isShown(protocol: StreamProtocol, [orig, resp]: readonly [Sign, Sign]): boolean {
  switch (protocol.oneSided) {
    case 'orig':
      return orig === Sign.YES;
    case 'resp':
      return resp === Sign.YES;
    case 'either':
      return orig === Sign.YES || resp === Sign.YES;
    default:
      return orig === Sign.YES && resp === Sign.YES;
  }
}

function grown(octets: Uint8Array, length: number): Uint8Array {
  if (octets.length >= length) return octets;
  const larger = new Uint8Array(Math.min(LOOKED, Math.max(FIRST_OCTETS, length, octets.length * 2)));
  larger.set(octets);
  return larger;
}
