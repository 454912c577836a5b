import { LOOKED, Sign, type StreamProtocol } from './protocol.ts';
import type { StageCounters } from './counters.ts';

/** A piece of what was kept: whose, where it ends in that side's octets, and when it came. */
interface Piece {
  isOrig: boolean;
  to: number;
  time: number;
}

const FIRST_OCTETS = 512;

const none = new Uint8Array(0);
const nothing: readonly StreamProtocol[] = [];

/**
 * Finds a stream's protocols by its first octets, `LOOKED` of each direction, which are kept so that what is found gets
 * them all. Over as soon as no protocol is left that may be it. Octets that decide at once, as most do, are not copied.
 */
export class Recognition {
  readonly #protocols: readonly StreamProtocol[];
  /** Places of the protocols that are left. */
  #left: number[];
  /** What each protocol was told: its place twice, and one more for the responder's direction. */
  readonly #signs: Sign[] = [];
  readonly #octets: [Uint8Array, Uint8Array] = [none, none];
  readonly #lengths: [number, number] = [0, 0];
  readonly #missed: [number, number] = [0, 0];
  readonly #pieces: Piece[] = [];
  readonly #counters: StageCounters;
  /** Octets of that side are the caller's still; -1 = of none. */
  #borrowed = -1;
  #held = 0;

  constructor(protocols: readonly StreamProtocol[], counters: StageCounters) {
    this.#protocols = protocols;
    this.#counters = counters;
    this.#left = [];
    for (let i = 0; i < protocols.length; i++) {
      this.#left.push(i);
      this.#signs.push(Sign.MORE, Sign.MORE);
    }
  }

  /** Nothing is left to be found. */
  get isOver(): boolean {
    return this.#left.length === 0;
  }

  /** It is over: its memory counts no more. */
  release(): void {
    this.#counters.heldOctets -= this.#held;
    this.#held = 0;
  }

  /** Octets of that direction that there is room for. */
  room(isOrig: boolean): number {
    return LOOKED - this.#lengths[isOrig ? 0 : 1];
  }

  /** Octets of that direction that came when there was no room. */
  missed(isOrig: boolean): number {
    return this.#missed[isOrig ? 0 : 1];
  }

  /** It goes on: what `add` took is kept, and some octets that are known to be given elsewhere were not. */
  keep(isOrig: boolean, missed: number): void {
    this.#missed[isOrig ? 0 : 1] += missed;
    const side = this.#borrowed;
    if (side !== 0 && side !== 1) return;
    this.#borrowed = -1;
    const borrowed = this.#octets[side];
    this.#octets[side] = none;
    this.#grow(side, borrowed.length);
    this.#octets[side].set(borrowed);
  }

  /** Takes octets of a direction; answers with the protocols that they show. Ends, or goes on with `keep`. */
  add(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): readonly StreamProtocol[] {
    const side = isOrig ? 0 : 1;
    const before = this.#lengths[side];
    const taken = Math.min(to - from, LOOKED - before);
    if (taken > 0) {
      const octets = bytes.subarray(from, from + taken);
      if (before === 0) {
        this.#octets[side] = octets;
        this.#borrowed = side;
      } else {
        this.#grow(side, before + taken);
        this.#octets[side].set(octets, before);
      }
      this.#lengths[side] += taken;
      this.#pieces.push({ isOrig, to: before + taken, time });
    }
    return this.#judge(side, isOrig);
  }

  /** No more octets of that side can be looked at in order: what is undecided there is no. */
  close(isOrig: boolean): void {
    const side = isOrig ? 0 : 1;
    for (const place of this.#left) {
      if (this.#signs[place * 2 + side] === Sign.MORE) this.#signs[place * 2 + side] = Sign.NO;
    }
    this.#sift();
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
    let found: StreamProtocol[] | undefined;
    const length = this.#lengths[side];
    for (const place of this.#left) {
      const at = place * 2 + side;
      if (this.#signs[at] !== Sign.MORE) continue;
      this.#counters.looks++;
      this.#counters.lookedOctets += length;
      const protocol = this.#protocols[place]!;
      const sign = protocol.recognise!(isOrig, this.#octets[side], length);
      this.#signs[at] = sign === Sign.MORE && length >= LOOKED ? Sign.NO : sign;
      if (!this.#isShown(place)) continue;
      (found ??= []).push(protocol);
      // It is not looked for any more.
      this.#signs[place * 2] = Sign.NO;
      this.#signs[place * 2 + 1] = Sign.NO;
    }
    this.#sift();
    return found ?? nothing;
  }

  /** Leaves those that may still be found. */
  #sift(): void {
    let kept = 0;
    for (const place of this.#left) if (!this.#isOut(place)) this.#left[kept++] = place;
    this.#left.length = kept;
  }

  #isOut(place: number): boolean {
    const isOrigOut = this.#signs[place * 2] === Sign.NO;
    const isRespOut = this.#signs[place * 2 + 1] === Sign.NO;
    switch (this.#protocols[place]!.oneSided) {
      case 'orig':
        return isOrigOut;
      case 'resp':
        return isRespOut;
      case 'either':
        return isOrigOut && isRespOut;
      default:
        return isOrigOut || isRespOut;
    }
  }

  #isShown(place: number): boolean {
    const isOrigShown = this.#signs[place * 2] === Sign.YES;
    const isRespShown = this.#signs[place * 2 + 1] === Sign.YES;
    switch (this.#protocols[place]!.oneSided) {
      case 'orig':
        return isOrigShown;
      case 'resp':
        return isRespShown;
      case 'either':
        return isOrigShown || isRespShown;
      default:
        return isOrigShown && isRespShown;
    }
  }

  #grow(side: 0 | 1, length: number): void {
    const before = this.#octets[side];
    const larger = grown(before, length);
    this.#octets[side] = larger;
    this.#held += larger.length - before.length;
    this.#counters.heldOctets += larger.length - before.length;
  }
}

function grown(octets: Uint8Array, length: number): Uint8Array {
  if (octets.length >= length) return octets;
  const larger = new Uint8Array(Math.min(LOOKED, Math.max(FIRST_OCTETS, length, octets.length * 2)));
  larger.set(octets);
  return larger;
}
