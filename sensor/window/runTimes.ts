import type { PacketBatch } from '../../core/packet/batch.ts';

/** Earliest and latest packet time of a run, whatever the order of the packets; exact to the nanosecond. */
export class RunTimes {
  /** Seconds of the first and of the last packet; both NaN while there was none. */
  readonly seconds: Float64Array = Float64Array.of(Number.NaN, Number.NaN);
  readonly nanos: Uint32Array = new Uint32Array(2);

  note(batch: PacketBatch, i: number): void {
    const seconds = batch.seconds[i]!;
    const nanos = batch.nanos[i]!;
    const { seconds: known } = this;
    if (!(seconds > known[0]!) && !(seconds === known[0] && nanos >= this.nanos[0]!)) {
      known[0] = seconds;
      this.nanos[0] = nanos;
    }
    if (!(seconds < known[1]!) && !(seconds === known[1] && nanos <= this.nanos[1]!)) {
      known[1] = seconds;
      this.nanos[1] = nanos;
    }
  }

  /** Takes in the times of another worker of the same run. */
  merge(other: { seconds: ArrayLike<number>; nanos: ArrayLike<number> }): void {
    for (const i of [0, 1]) {
      const later = other.seconds[i]! - this.seconds[i]! || other.nanos[i]! - this.nanos[i]!;
      const takes = Number.isNaN(this.seconds[i]!) || (i === 0 ? later < 0 : later > 0);
      if (!Number.isNaN(other.seconds[i]!) && takes) {
        this.seconds[i] = other.seconds[i]!;
        this.nanos[i] = other.nanos[i]!;
      }
    }
  }
}
