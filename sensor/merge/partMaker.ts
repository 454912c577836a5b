import type { Health } from '../../core/summary/health.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { periods } from '../../core/summary/period.ts';
import { GrowingPart } from './growingPart.ts';
import type { WindowSummary } from '../window/part.ts';

/** A window waits for the rest of its workers this long at most, and while so many newer ones have begun. */
const WAIT_SECONDS = 10;
const WAIT_WINDOWS = 4;

const MINUTE = 60;

export interface PartMakerOptions {
  tap: string;
  windowSeconds: number;
  /** Capture workers whose windows come; all of them make one part. */
  workers: number;
  /** The tap's share of the quantiles' coins (`coinOf`). */
  coin?: number;
}

interface Waiting {
  readonly part: GrowingPart;
  /** When its first worker came, in seconds of a clock that never goes back. */
  readonly since: number;
}

/**
 * Makes a tap's parts: the windows of its workers become one part each, and those the parts of the longer periods
 * (`period.ts`). No clock, no thread, no chance: the same windows in the same order give the same bytes.
 *
 * Every call answers with the parts that it finished, in the order in which they are to be shipped: a period's part comes
 * after that of its last window. A period is over when a window of its end or a later one is finished; live every window
 * comes, traffic or not, so that is the wall clock; in a replay it is the watermark. Whatever comes for a period that is
 * over makes a further part of it, and of each longer one that is over, at once: packets of a period's parts always sum to
 * those of its windows' parts. A supplement opens no period, so stray times cost no memory.
 */
export class PartMaker {
  readonly #options: PartMakerOptions;
  readonly #coin: number;
  /** Lengths of the longer periods. */
  readonly #levels: readonly number[];
  /** The period that is open at each level, and the end of the last one that was. */
  readonly #open: (GrowingPart | undefined)[];
  readonly #over: number[];
  /** By start, windows that some worker has not handed over yet. */
  readonly #waiting: Map<number, Waiting> = new Map();
  /** Start of each worker's newest window. */
  readonly #newest: number[];
  /** End of the newest window that is finished. */
  #finished = Number.NEGATIVE_INFINITY;
  #health: Health | undefined;
  #made: WindowPart[] = [];

  constructor(options: PartMakerOptions) {
    this.#options = options;
    this.#coin = options.coin ?? 0;
    this.#levels = periods.filter((seconds) => seconds > options.windowSeconds);
    this.#open = this.#levels.map(() => undefined);
    this.#over = this.#levels.map(() => Number.NEGATIVE_INFINITY);
    this.#newest = Array.from({ length: options.workers }, () => Number.NEGATIVE_INFINITY);
  }

  /** Takes a window over. `now`: seconds of a clock that never goes back; matters with several workers only. */
  add(window: WindowSummary, now: number = 0): WindowPart[] {
    const { worker, start, supplement } = window;
    const part = GrowingPart.of(window, this.#options.windowSeconds, this.#coin);
    if (supplement) {
      this.#finish(part, 0, false);
      return this.#take();
    }
    // A worker's windows come in order, unless its clock was set back.
    if (start <= this.#newest[worker]!) this.#beginAnew();
    this.#newest[worker] = start;
    const waiting = this.#waiting.get(start);
    if (waiting !== undefined) waiting.part.addWorker(part);
    else if (start < this.#finished) this.#finish(part, 0, false);
    else this.#waiting.set(start, { part, since: now });
    this.#finishWhole();
    while (this.#waiting.size > WAIT_WINDOWS) this.#finishWindow(Math.min(...this.#waiting.keys()));
    return this.#take();
  }

  /** How many windows wait for some of their workers. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Finishes windows that have waited long enough. */
  tick(now: number): WindowPart[] {
    let last = Number.NEGATIVE_INFINITY;
    for (const [start, { since }] of this.#waiting) if (now - since >= WAIT_SECONDS) last = Math.max(last, start);
    this.#finishThrough(last);
    return this.#take();
  }

  /** No more windows come from that worker. */
  end(worker: number): WindowPart[] {
    this.#newest[worker] = Number.POSITIVE_INFINITY;
    this.#finishWhole();
    return this.#take();
  }

  /** Takes readings of the sensor's health, which go into the next part of a minute. */
  addHealth(health: Health): void {
    if (this.#health === undefined) this.#health = health;
    else this.#health.merge(health);
  }

  /** Finishes everything, periods that are not over with what they have. */
  finish(): WindowPart[] {
    this.#finishAll();
    return this.#take();
  }

  #take(): WindowPart[] {
    return this.#made.splice(0);
  }

  /** The clock went back: what is open is finished, and all begins again. */
  #beginAnew(): void {
    this.#finishAll();
    this.#over.fill(Number.NEGATIVE_INFINITY);
    this.#newest.fill(Number.NEGATIVE_INFINITY);
    this.#finished = Number.NEGATIVE_INFINITY;
  }

  #finishAll(): void {
    this.#finishThrough(Number.POSITIVE_INFINITY);
    for (let level = 0; level < this.#levels.length; level++) this.#close(level);
  }

  /** Finishes the windows that every worker has handed over, or passed by. */
  #finishWhole(): void {
    this.#finishThrough(Math.min(...this.#newest));
  }

  #finishThrough(last: number): void {
    for (const start of [...this.#waiting.keys()].sort((a, b) => a - b)) if (start <= last) this.#finishWindow(start);
  }

  #finishWindow(start: number): void {
    const { windowSeconds } = this.#options;
    const waiting = this.#waiting.get(start);
    if (waiting === undefined) return;
    this.#waiting.delete(start);
    // A window of a later period than the open one: that is over, and comes first.
    this.#closeThrough(start);
    this.#finish(waiting.part, 0, true);
    this.#finished = Math.max(this.#finished, start + windowSeconds);
    this.#closeThrough(start + windowSeconds);
  }

  /** Finishes the periods that end at `time` or before, the short ones first. */
  #closeThrough(time: number): void {
    this.#levels.forEach((seconds, level) => {
      const open = this.#open[level];
      if (open !== undefined && open.start + seconds <= time) this.#close(level);
    });
  }

  #close(level: number): void {
    const open = this.#open[level];
    if (open === undefined) return;
    this.#open[level] = undefined;
    this.#over[level] = open.start + open.seconds;
    this.#finish(open, level + 1, true);
  }

  /**
   * A part that is complete: the period above takes it in first, since shipping cuts its lists. When that one is over, a
   * further part of it is made of this alone.
   */
  #finish(part: GrowingPart, level: number, opens: boolean): void {
    const { tap, windowSeconds } = this.#options;
    const seconds = this.#levels[level];
    let further: GrowingPart | undefined;
    if (seconds !== undefined) {
      const start = Math.floor(part.start / seconds) * seconds;
      let above = this.#open[level];
      if (above?.start !== start) {
        above = new GrowingPart(start, seconds, this.#coin);
        if (opens && this.#open[level] === undefined && start >= this.#over[level]!) this.#open[level] = above;
        else further = above;
      }
      above.add(part);
    }
    if (part.seconds === MINUTE && opens && this.#health !== undefined) {
      part.summary.values.health.merge(this.#health);
      this.#health = undefined;
    }
    this.#made.push(part.toPart(tap, windowSeconds));
    if (further !== undefined) this.#finish(further, level + 1, false);
  }
}
