/** What the manager sees of one sensor's links since it started. Times are milliseconds since 1970. */
export interface SensorLink {
  site: string;
  name: string;
  replay: boolean;
  connected: boolean;
  /** Version of the link in use, or last used. */
  version: number;
  /** The last window that came (not of a longer period): its end in seconds since 1970, and when it arrived. */
  lastPart: { end: number; arrivedMillis: number } | undefined;
  /** Seconds from the end of that window to its arrival, by this host's clock; undefined of files. */
  lagSeconds: number | undefined;
  /** Links of it that were closed for a fault, parts that could not be read, and parts from the future. */
  refused: number;
  unreadable: number;
  quarantined: number;
  /** Seconds that the sensor's clock is ahead of this host's, as the sensor measured it, +- uncertainty. */
  clock: { offset: number; uncertainty: number } | undefined;
}

/** Sensors that are remembered; beyond it the ones that are gone longest are forgotten. */
const most = 10_000;

/** One entry a `site/name`, in the order in which they were last seen. */
export class SensorLinks {
  readonly #links = new Map<string, SensorLink>();

  /** The entry of a sensor, made when it is new. */
  of(site: string, name: string): SensorLink {
    const key = `${site}/${name}`;
    const link = this.#links.get(key) ?? {
      site,
      name,
      replay: false,
      connected: false,
      version: 0,
      lastPart: undefined,
      lagSeconds: undefined,
      refused: 0,
      unreadable: 0,
      quarantined: 0,
      clock: undefined,
    };
    this.#links.delete(key);
    this.#links.set(key, link);
    if (this.#links.size > most) {
      for (const [other, { connected }] of this.#links) {
        if (connected) continue;
        this.#links.delete(other);
        break;
      }
    }
    return link;
  }

  list(): SensorLink[] {
    return Array.from(this.#links.values(), (link) => ({ ...link }));
  }
}
