/** The first wait is drawn from this span: a thousand sensors that lost one manager come back over these seconds. */
const firstMillis = 4000;
const mostMillis = 60_000;
/** A manager that is there and has no room: nothing is gained by asking again within seconds. */
const busyMillis = 15_000;
/** After a refusal that trying again will hardly change. */
const refusedMillis = 120_000;

/** How the last connection ended, as far as the next one is concerned. */
export type Outcome = 'lost' | 'busy' | 'refused';

/**
 * Milliseconds to wait before the next connection: exponential backoff with full jitter. The wait is uniform between 0
 * and a span that doubles with each failure in a row, so that sensors that failed together do not come back together.
 * A refusal is waited out for half of its span at least.
 *
 * `failures` counts connections in a row that did not become useful; `random` is in [0, 1).
 */
export function nextDelay(outcome: Outcome, failures: number, random: number): number {
  if (outcome === 'refused') return refusedMillis * (0.5 + random / 2);
  const first = outcome === 'busy' ? busyMillis : firstMillis;
  return random * Math.min(mostMillis, first * 2 ** Math.min(Math.max(0, failures - 1), 10));
}
