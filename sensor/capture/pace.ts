import type { PacketBatch } from '../../core/packet/batch.ts';

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

  /** `nowMillis` is a clock that never goes back. */
  wait(batch: PacketBatch, nowMillis: number): void {
    if (batch.count === 0) return;
    const due = ((batch.seconds[0]! + batch.nanos[0]! * 1e-9) * 1000) / this.#speed;
    if (Number.isNaN(this.#offset)) this.#offset = nowMillis - due;
    const wait = due + this.#offset - nowMillis;
    if (wait > 0) Atomics.wait(this.#sleeper, 0, 0, wait);
  }
}
