import type { Statistics } from '../../core/summary/statistics.ts';
import { Window } from './window.ts';

/** Windows that a worker keeps open by what it reads (design: W2): the newest and the one before it. */
const OPEN = 2;
/** Supplements kept open at once; one more closes the oldest. Bounds the memory that stray times can cost. */
const SUPPLEMENTS = 4;
/** Windows without a packet that are made after the clock jumped. */
const MAX_SILENT = 60;
/** Live, a window waits this long after its end for packets that the kernel still has; a shorter one its own length. */
const GRACE_SECONDS = 2;
/** Live, a packet this far off the wall clock never moves a clock (design: W5). */
const STRAY_SECONDS = 3600;

export interface WindowsOptions {
  /** Length of a window, or 0: the whole run is one window (`picket read` without `--windows`). */
  windowSeconds: number;
  live: boolean;
  /** Makes the statistics of window `number`. */
  makeStatistics: (number: number) => Statistics;
  /** Told of each window that takes no more packets, in the order they close; its dirty slots are still to be fed. */
  onClose: (window: Window) => void;
}

/**
 * Which window a packet belongs to (design: W1-W6). A packet belongs to `floor(t / windowSeconds)` by its own time;
 * whatever is older than the open windows, or live too far in the future, goes to a supplement, so the result does not
 * depend on the order of arrival.
 */
export class Windows {
  /** The window of the last packet. */
  current: Window;
  /** 1 when that packet came too late for its window. */
  late = 0;
  /** Windows that were closed so far. */
  closed = 0;

  readonly #options: WindowsOptions;
  readonly #span: number;
  readonly #open: Window[] = [];
  readonly #supplements: Window[] = [];
  #nextId = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #closedThrough = Number.NEGATIVE_INFINITY;
  /** Live: up to here every window was opened. */
  #openedThrough = Number.NEGATIVE_INFINITY;
  #seconds = Number.NaN;
  #observed = Number.NaN;
  /** The wall clock in seconds, live. */
  #wall = 0;

  constructor(options: WindowsOptions) {
    this.#options = options;
    this.#span = options.windowSeconds === 0 ? 10 : options.windowSeconds;
    this.current = this.#make(0, false);
  }

  /** Live: a time that is more than an hour off the wall clock moves no clock (design: W5). */
  isStray(seconds: number): boolean {
    return this.#options.live && Math.abs(seconds - this.#wall) > STRAY_SECONDS;
  }

  /**
   * A packet of that time was read, perhaps one of another worker or one that a filter left out: the newest window is that
   * of all packets read so far, so that which ones are late does not depend on how many workers there are.
   */
  observe(seconds: number): void {
    if (seconds === this.#observed) return;
    this.#observed = seconds;
    const number = Math.floor(seconds / this.#span);
    if (number <= this.#newest || this.isStray(seconds)) return;
    this.#newest = number;
    this.#seconds = Number.NaN;
  }

  /** Makes `current` the window of a packet of that time. Cheap when the second is that of the packet before. */
  enter(seconds: number): void {
    // What follows is apart: a closure in it would cost this function a context at every call.
    if (seconds !== this.#seconds) this.#enter(seconds);
  }

  #enter(seconds: number): void {
    this.#seconds = seconds;
    const number = Math.floor(seconds / this.#span);
    const stray = this.isStray(seconds);
    if (!stray && number > this.#newest) this.#newest = number;
    this.late = stray || number <= this.#closedThrough || this.#isOld(number) ? 1 : 0;
    if (this.#options.windowSeconds === 0) return;
    if (this.late === 1) {
      this.current = this.#supplement(number);
      return;
    }
    const known = this.#open.find((window) => window.number === number);
    this.current = known ?? this.#advance(number);
  }

  /** Live, windows stay open for two seconds: short ones are more than two, and a packet of any of them is in time. */
  #isOld(number: number): boolean {
    if (number >= this.#newest - (OPEN - 1)) return false;
    return !this.#options.live || !this.#open.some((window) => window.number === number);
  }

  /** The open window that a time is in. */
  at(seconds: number): Window | undefined {
    const number = Math.floor(seconds / this.#span);
    return this.#open.find((window) => window.number === number);
  }

  /**
   * Live: opens every window up to the one of the wall clock (seconds), traffic or not, so that silence is reported as
   * silence. After a jump of the clock only the last windows are opened: the gap is uncovered time. When it went back by
   * more than a window, what is open is closed and windows begin anew: parts of one window merge.
   */
  open(wall: number): void {
    const current = Math.floor(wall / this.#span);
    if (this.#newest > current + 1) this.#rewind(current);
    if (this.#openedThrough === Number.NEGATIVE_INFINITY) this.#openedThrough = current - 1;
    const first = Math.max(this.#openedThrough, this.#closedThrough, current - MAX_SILENT - 1) + 1;
    for (let n = first; n <= current; n++) this.current = this.at(n * this.#span) ?? this.#advance(n);
    if (current > this.#openedThrough) this.#openedThrough = current;
    if (current > this.#newest) this.#newest = current;
    this.#seconds = Number.NaN;
  }

  /**
   * Live: closes windows that ended 2 s ago (windows of a second: 1 s) or longer, after opening those that saw no packet (design: W4). `wall` in
   * seconds.
   */
  tick(wall: number): void {
    this.#wall = wall;
    this.open(wall);
    const due = Math.floor((wall - Math.min(GRACE_SECONDS, this.#span)) / this.#span) - 1;
    while (this.#open.length > 0 && this.#open[0]!.number <= due) this.#closeOldest();
    if (this.#open.length > 0 && !this.#open.includes(this.current)) this.current = this.#open.at(-1)!;
    while (this.#supplements.length > 0) this.#close(this.#supplements.shift()!);
  }

  /** Closes everything: the capture is over. */
  finish(): void {
    if (this.#options.windowSeconds === 0) {
      this.#close(this.current);
      return;
    }
    for (const window of [...this.#supplements.splice(0), ...this.#open.splice(0)]) this.#close(window);
  }

  /** Opens the window `number` at its place among the open ones. */
  #advance(number: number): Window {
    const window = this.#make(number, false);
    const at = this.#open.findIndex((other) => other.number > number);
    this.#open.splice(at < 0 ? this.#open.length : at, 0, window);
    // Files close by watermark; live only the wall clock does.
    while (!this.#options.live && this.#open[0]!.number < this.#newest - (OPEN - 1)) this.#closeOldest();
    return window;
  }

  #rewind(current: number): void {
    while (this.#open.length > 0) this.#closeOldest();
    this.#newest = current;
    this.#closedThrough = current - 1;
    this.#openedThrough = current - 1;
  }

  #closeOldest(): void {
    const window = this.#open.shift()!;
    this.#closedThrough = window.number;
    this.#close(window);
  }

  #supplement(number: number): Window {
    const known = this.#supplements.find((window) => window.number === number);
    if (known !== undefined) return known;
    if (this.#supplements.length === SUPPLEMENTS) this.#close(this.#supplements.shift()!);
    const window = this.#make(number, true);
    this.#supplements.push(window);
    return window;
  }

  #make(number: number, supplement: boolean): Window {
    return new Window(this.#nextId++, number, supplement, this.#options.makeStatistics(number));
  }

  #close(window: Window): void {
    this.closed++;
    this.#options.onClose(window);
  }
}
