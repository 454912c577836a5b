import type { Health } from '../../core/summary/health.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';

const READ_MILLIS = 10_000;

export interface HealthStageDeps {
  clock: Clock;
  log: Logger;
  read: () => Promise<Health>;
  /** Takes each reading; several make one section. */
  give: (health: Health) => void;
}

/** Reads the sensor's health now and then, six times in a minute. */
export function createHealthStage({ clock, log, read, give }: HealthStageDeps): Stage {
  let cancel: (() => void) | undefined;
  let running = false;
  const next = (): void => {
    if (running) cancel = clock.after(READ_MILLIS, readOnce, true);
  };
  const readOnce = (): void => {
    read()
      .then((health) => {
        if (running) give(health);
      })
      .catch((error: unknown) => log.warn('cannot read the health of this process', {}, error))
      .finally(next);
  };
  return {
    name: 'health',
    start() {
      running = true;
      readOnce();
    },
    stop() {
      running = false;
      cancel?.();
    },
  };
}
