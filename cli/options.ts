import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from '../runtime/error.ts';
import { nearest } from '../runtime/nearest.ts';

/** Values of options: text, true, or a list of either for options that may be repeated. */
export interface Parsed {
  text(name: string): string | undefined;
  texts(name: string): string[];
  flag(name: string): boolean;
  positionals: string[];
}

/**
 * Reads a subcommand's options; a fault is one line that names it. A value may begin with a minus and a digit
 * (`--from -2h`), which `parseArgs` alone takes for an option.
 */
export function parseOptions(args: readonly string[], options: ParseArgsOptionsConfig, command: string): Parsed {
  const joined: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const next = args[at + 1];
    const takesText = arg.startsWith('--') && options[arg.slice(2)]?.type === 'string';
    if (takesText && next !== undefined && /^-\d/.test(next)) {
      joined.push(`${arg}=${next}`);
      at += 1;
    } else joined.push(arg);
  }
  try {
    const { values, positionals } = parseArgs({
      args: joined,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    const all = values as Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
    const texts = (name: string): string[] => [all[name] ?? []].flat().filter((value) => typeof value === 'string');
    return { text: (name) => texts(name).at(-1), texts, flag: (name) => all[name] === true, positionals };
  } catch (error) {
    // Node's sentence goes on with advice about its own parser.
    const message = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? '') : 'wrong options';
    const unknown = /^Unknown option '--([^']+)'$/.exec(message.replace(/\.$/, ''))?.[1];
    const near = unknown === undefined ? undefined : nearest(unknown, [...Object.keys(options), 'help']);
    const hint = near === undefined ? '' : `; did you mean --${near}?`;
    throw new UsageError(`${message.replace(/\.$/, '')}${hint === '' ? ';' : hint} picket ${command} --help shows how`);
  }
}
