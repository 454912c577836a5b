import { AppError } from './error.ts';

/** A number that only grows while the process lives. */
export interface Counter {
  value: number;
  add(amount?: number): void;
}

/** A number that goes up and down. */
export interface Gauge {
  value: number;
  set(value: number): void;
  add(amount: number): void;
}

export type MetricKind = 'counter' | 'gauge';

/** A metric as it is declared and read. `unit` is `messages`, `bytes`, `seconds` ...; `text` one sentence. */
export interface MetricReading {
  kind: MetricKind;
  name: string;
  unit: string;
  text: string;
  value: number;
}

/**
 * All metrics of one daemon. Each stage declares its own when it is created; a name is declared once, so that two
 * stages can't count into one number by accident. Names are lower case with underscores, `stage_what_unit`.
 */
export class Metrics {
  readonly #readings = new Map<string, () => MetricReading>();

  counter(name: string, unit: string, text: string): Counter {
    const counter: Counter = {
      value: 0,
      add(amount = 1) {
        counter.value += amount;
      },
    };
    this.#declare('counter', name, unit, text, () => counter.value);
    return counter;
  }

  gauge(name: string, unit: string, text: string): Gauge {
    const gauge: Gauge = {
      value: 0,
      set(value) {
        gauge.value = value;
      },
      add(amount) {
        gauge.value += amount;
      },
    };
    this.#declare('gauge', name, unit, text, () => gauge.value);
    return gauge;
  }

  /** A gauge that is computed when it is read. */
  computed(name: string, unit: string, text: string, read: () => number): void {
    this.#declare('gauge', name, unit, text, read);
  }

  /** All metrics now, in order of their names. */
  read(): MetricReading[] {
    return [...this.#readings.values()].map((reading) => reading()).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #declare(kind: MetricKind, name: string, unit: string, text: string, read: () => number): void {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new AppError('metric.name', 'bad metric name', { context: { name } });
    if (this.#readings.has(name)) throw new AppError('metric.twice', 'metric declared twice', { context: { name } });
    this.#readings.set(name, () => ({ kind, name, unit, text, value: read() }));
  }
}
