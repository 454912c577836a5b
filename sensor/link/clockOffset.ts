import type { ClockAnswer, ClockQuestion } from '../../proto/linkMessages.ts';
import type { Clock } from '../../runtime/clock.ts';

/** Samples that are kept; the one with the shortest delay counts. */
const samples = 8;
/** What two clocks drift apart at most: 50 parts of a million, a bad crystal. */
const drift = 50e-6;
/** Milliseconds that are never ruled out: wall clocks are read in whole milliseconds. */
const reading = 1;

/** How far the sensor's clock is from the manager's, in seconds: positive = the sensor's is ahead. */
export interface ClockOffset {
  seconds: number;
  /** The true offset is within +- this, if both ways took any share of the delay. */
  uncertainty: number;
}

interface Sample {
  /** The manager's wall clock when the steady clock of this host stood at 0, milliseconds. */
  base: number;
  /** Half of the time on the way, milliseconds. */
  half: number;
  /** Steady clock of this host. */
  at: number;
}

/**
 * Measures the offset as NTP does (RFC 5905, section 8): four times, of which the least delay among the last eight is
 * believed. Samples are kept against the steady clock of this host, so a jump of its wall clock shows at once; a sample
 * that contradicts the best one says that the manager's clock jumped, and begins anew.
 */
export class OffsetMeter {
  readonly #clock: Clock;
  #samples: Sample[] = [];
  #asked: { wall: number; steady: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Samples since the clocks last agreed. */
  get count(): number {
    return this.#samples.length;
  }

  /** A question to send now. One at a time is open: an older one's answer will be ignored. */
  question(): ClockQuestion {
    const known = this.offset();
    this.#asked = { wall: this.#clock.now(), steady: this.#clock.elapsed() };
    return {
      type: 'clockQuestion',
      asked: this.#asked.wall,
      offset: known?.seconds ?? 0,
      uncertainty: known?.uncertainty ?? 0,
    };
  }

  /** Takes an answer; false when it is not one to the open question or can't be true. */
  answer({ asked, received, answered }: ClockAnswer): boolean {
    const question = this.#asked;
    if (question === undefined || asked !== question.wall || answered < received) return false;
    this.#asked = undefined;
    const now = this.#clock.elapsed();
    const delay = now - question.steady - (answered - received);
    // The manager can't have taken longer than the whole way; steps of its clock are forgiven.
    if (delay < -2) return false;
    const sample = {
      base: (received + answered) / 2 - (question.steady + now) / 2,
      half: Math.max(0, delay) / 2,
      at: now,
    };
    const best = this.#best();
    if (best !== undefined && Math.abs(best.base - sample.base) > this.#doubt(best) + this.#doubt(sample)) {
      this.#samples = [];
    }
    this.#samples = [...this.#samples.slice(1 - samples), sample];
    return true;
  }

  /** What is known now, or undefined before the first answer. */
  offset(): ClockOffset | undefined {
    const best = this.#best();
    if (best === undefined) return undefined;
    const manager = best.base + this.#clock.elapsed();
    return { seconds: (this.#clock.now() - manager) / 1000, uncertainty: this.#doubt(best) / 1000 };
  }

  /** Milliseconds that a sample may be off by now. */
  #doubt({ half, at }: Sample): number {
    return half + (this.#clock.elapsed() - at) * drift + reading;
  }

  #best(): Sample | undefined {
    let best: Sample | undefined;
    for (const sample of this.#samples)
      if (best === undefined || this.#doubt(sample) < this.#doubt(best)) best = sample;
    return best;
  }
}
