import type { Clock } from '../runtime/clock.ts';
import type { Stage } from '../runtime/lifecycle.ts';

const LOOK_MILLIS = 500;
/** A replay is over soon: it waits so long for the seed of a manager that it never met. */
const WAIT_MILLIS = 5000;

export interface SeedStageDeps {
  clock: Clock;
  /** The configured seed, hexadecimal: it holds, whatever the manager says. */
  configured: string | undefined;
  /** What the manager said, or what was kept of an earlier time. */
  known: () => Uint8Array | undefined;
  /** Whether the next stage starts only when there is a seed, or the wait is over. */
  waits: boolean;
  /** Takes each seed that is new. */
  tell: (seed: Uint8Array) => void;
}

/** Sees to it that the capture workers have the deployment's seed, also when the manager tells another one. */
export class SeedStage implements Stage {
  readonly name = 'seed';
  readonly #deps: SeedStageDeps;
  #told: Uint8Array | undefined;
  #cancel: (() => void) | undefined;

  constructor(deps: SeedStageDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { clock, configured, waits } = this.#deps;
    if (configured !== undefined) return this.#deps.tell(new Uint8Array(Buffer.from(configured, 'hex')));
    const end = clock.elapsed() + WAIT_MILLIS;
    this.#look();
    for (
      let missing = waits && this.#told === undefined;
      missing;
      missing = this.#told === undefined && clock.elapsed() < end
    ) {
      await new Promise<void>((resolve) => void clock.after(20, resolve));
      this.#look();
    }
    this.#lookLater();
    return undefined;
  }

  stop(): void {
    this.#cancel?.();
  }

  #look(): void {
    const seed = this.#deps.known();
    if (seed === undefined || (this.#told !== undefined && Buffer.compare(seed, this.#told) === 0)) return;
    this.#told = seed.slice();
    this.#deps.tell(this.#told);
  }

  #lookLater(): void {
    this.#cancel = this.#deps.clock.after(
      LOOK_MILLIS,
      () => {
        this.#look();
        this.#lookLater();
      },
      true,
    );
  }
}
