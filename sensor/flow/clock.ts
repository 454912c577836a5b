/**
 * The clock that flow time-outs run on: seconds with fraction, never going back.
 *
 * In files and replays it is the largest packet time read so far, live the largest that is not more than an hour off the
 * wall clock (design: W5). It is handed around as this object and not as a number: a double passed to a function that is
 * not inlined is boxed, which would be one allocation a packet.
 */
export class FlowClock {
  readonly now: Float64Array = Float64Array.of(Number.NEGATIVE_INFINITY);

  /** Moves the clock to a packet's time unless it is already past it. */
  advance(seconds: number, nanos: number): void {
    const time = seconds + nanos * 1e-9;
    if (time > this.now[0]!) this.now[0] = time;
  }
}
