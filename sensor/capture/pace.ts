import type { PacketBatch } from '../../core/packet/batch.ts';

/** Longest sleep: an order to stop is not seen any sooner. */
const SLICE_MILLIS = 100;

/**
 * Replays at a speed: sleeps until the batch's first packet is due, `speed` times as fast as it was captured. Blocks the
 * thread, which is the capture worker's own.
 */
export class Pace {
  readonly #speed: number;
  readonly #sleeper: Int32Array = new Int32Array(new SharedArrayBuffer(4));
  #offset = Number.NaN;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /**
   * Waits until the batch is due, or until `stopped`, which is asked now and then: captures have gaps of hours. `nowMillis` is
   * a clock that never goes back.
   */
  wait(batch: PacketBatch, nowMillis: () => number, stopped: () => boolean): void {
    if (batch.count === 0) return;
    const due = ((batch.seconds[0]! + batch.nanos[0]! * 1e-9) * 1000) / this.#speed;
    if (Number.isNaN(this.#offset)) this.#offset = nowMillis() - due;
    const left = (): number => due + this.#offset - nowMillis();
    for (let wait = left(); wait > 0 && !stopped(); wait = left())
      Atomics.wait(this.#sleeper, 0, 0, Math.min(wait, SLICE_MILLIS));
  }
}
