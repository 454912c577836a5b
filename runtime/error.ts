/** What an error is about, by name: shown after the message. */
export type ErrorContext = Readonly<Record<string, string | number | boolean>>;

/**
 * A fault that somebody can act on: a stable code (a heading in the docs), one sentence, the values it is about.
 *
 * Exceptions are for faults of programs and of I/O; what bytes from outside do wrong is a value (`verdict`), not an error.
 */
export class AppError extends Error {
  readonly code: string;
  readonly context: ErrorContext;

  constructor(code: string, message: string, options: { context?: ErrorContext; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.context = options.context ?? {};
  }
}

/** A command was called wrongly: exit status 2. */
export class UsageError extends AppError {
  constructor(message: string, options: { context?: ErrorContext; cause?: unknown } = {}) {
    super('usage', message, options);
    this.name = 'UsageError';
  }
}

/** How many causes are told in one line. */
const maxCauses = 4;
/** Longest line that is printed for one error. */
const maxLine = 2000;

/** Any thrown value as one printable line: message, context, causes. Control characters are escaped. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < maxCauses && at !== undefined && at !== null; depth++) {
    const text = oneError(at);
    if (text !== parts.at(-1)) parts.push(text);
    at = at instanceof Error ? at.cause : undefined;
  }
  const line = parts.join(': ') || 'unknown error';
  return printable(line.length > maxLine ? `${line.slice(0, maxLine)}...` : line);
}

/** A string with its control characters (and those that turn the writing direction) escaped, so that it stays one line. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === '\n' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function oneError(error: unknown): string {
  if (error instanceof AppError) {
    const context = Object.entries(error.context).map(([name, value]) => `${name} ${String(value)}`);
    return context.length === 0 ? error.message : `${error.message} (${context.join(', ')})`;
  }
  // Node throws these from connect() to a name with several addresses: the message itself is empty.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(oneError).join('; ');
  if (error instanceof Error) return error.message || error.name;
  return typeof error === 'string' ? error : JSON.stringify(error);
}
