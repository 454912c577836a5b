import { describeError, printable } from './error.ts';
import type { Clock } from './clock.ts';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * One line an event on stderr: `2026-01-02T03:04:05.678Z warn link connection lost code=1006`.
 *
 * Levels: `error` = it ends or does not do its work; `warn` = somebody should look; `info` = life events (start, stop,
 * connect); `debug` = for the one who looks for a fault. Never a line a packet.
 */
export interface Logger {
  error(message: string, fields?: LogFields, cause?: unknown): void;
  warn(message: string, fields?: LogFields, cause?: unknown): void;
  info(message: string, fields?: LogFields, cause?: unknown): void;
  debug(message: string, fields?: LogFields, cause?: unknown): void;
  /** The same log under another name. */
  named(name: string): Logger;
}

export interface LogOptions {
  name: string;
  level: LogLevel;
  clock: Clock;
  /** Gets whole lines, with their end. */
  write: (line: string) => void;
  /** At most this many lines of one message in `perMillis`; what was left out is counted in the next one. */
  burst?: number;
  perMillis?: number;
}

interface Recent {
  since: number;
  lines: number;
  dropped: number;
}

/** Messages that are remembered for the limit; more of them start anew, since messages are constant strings. */
const maxRemembered = 1000;

/** A log with a limit on each (level, name, message): 10 lines in 10 s unless told. */
export function createLogger(options: LogOptions): Logger {
  const recent = new Map<string, Recent>();
  const burst = options.burst ?? 10;
  const perMillis = options.perMillis ?? 10_000;
  const lowest = logLevels.indexOf(options.level);

  function emit(name: string, level: LogLevel, message: string, fields: LogFields = {}, cause?: unknown): void {
    if (logLevels.indexOf(level) > lowest) return;
    const key = `${level} ${name} ${message}`;
    const now = options.clock.elapsed();
    let entry = recent.get(key);
    let dropped = 0;
    if (entry === undefined || now - entry.since >= perMillis) {
      dropped = entry?.dropped ?? 0;
      if (recent.size >= maxRemembered) recent.clear();
      entry = { since: now, lines: 0, dropped: 0 };
      recent.set(key, entry);
    }
    if (entry.lines >= burst) {
      entry.dropped += 1;
      return;
    }
    entry.lines += 1;
    let line = `${new Date(options.clock.now()).toISOString()} ${level} ${name} ${printable(message)}`;
    for (const [field, value] of Object.entries(fields)) line += ` ${field}=${plainOrQuoted(value)}`;
    if (cause !== undefined) line += ` cause=${JSON.stringify(describeError(cause))}`;
    if (dropped > 0) line += ` leftOut=${dropped}`;
    options.write(`${line}\n`);
  }

  function named(name: string): Logger {
    return {
      error: (message, fields, cause) => emit(name, 'error', message, fields, cause),
      warn: (message, fields, cause) => emit(name, 'warn', message, fields, cause),
      info: (message, fields, cause) => emit(name, 'info', message, fields, cause),
      debug: (message, fields, cause) => emit(name, 'debug', message, fields, cause),
      named: (other) => named(other),
    };
  }
  return named(options.name);
}

/** A log that nobody reads: for tests and for commands that print their own errors. */
export function silentLogger(): Logger {
  const nothing = (): void => undefined;
  const logger: Logger = { error: nothing, warn: nothing, info: nothing, debug: nothing, named: () => logger };
  return logger;
}

function plainOrQuoted(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(printable(value));
}
