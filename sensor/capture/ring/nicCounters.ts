import { readFileSync } from 'node:fs';

/**
 * Counters of packets that were lost before the kernel showed them to anybody (Documentation/networking/statistics.rst):
 * - `rx_missed_errors`: the card had no room in the host's memory;
 * - `rx_fifo_errors`: the card's own buffer ran over;
 * - `rx_dropped`: the driver or the kernel's backlog queue dropped them. With a capture socket bound, packets of unknown
 *   protocols do not count here, since the socket is somebody who wants them.
 * Damaged frames (`rx_crc_errors` and the like, summed up in `rx_errors`) are no packets and are left out.
 */
const counters = ['rx_missed_errors', 'rx_fifo_errors', 'rx_dropped'] as const;

/** Reads an interface's loss counters as differences. */
export class NicCounters {
  readonly #directory: string;
  readonly #base: number[] = counters.map(() => 0);

  /** `sysfs` is `/sys/class/net`, or a copy of it in tests. */
  constructor(sysfs: string, name: string) {
    this.#directory = `${sysfs}/${name}`;
  }

  /** Begins anew: what was counted until now is not ours. */
  reset(index: number): void {
    this.take(index);
  }

  /**
   * Packets lost since the last call. 0 when the counters can't be read, or are those of another interface than the one
   * with this index (a process may see the sysfs of another network namespace). A counter that went back started anew.
   */
  take(index: number): number {
    if (this.#read('ifindex') !== index) return 0;
    let sum = 0;
    for (const [i, counter] of counters.entries()) {
      const value = this.#read(`statistics/${counter}`);
      if (value === undefined) continue;
      const base = this.#base[i]!;
      sum += value >= base ? value - base : value;
      this.#base[i] = value;
    }
    return sum;
  }

  #read(file: string): number | undefined {
    try {
      const value = Number(readFileSync(`${this.#directory}/${file}`, 'latin1').trim());
      return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
    } catch {
      // The interface has gone, or there is no sysfs.
      return undefined;
    }
  }
}
