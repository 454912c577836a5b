import { tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';

/** How one module names another. `types`: erased at load; `value`: loaded with it; `lazy`: when the code gets there. */
export interface Import {
  specifier: string;
  kind: 'types' | 'value' | 'lazy';
  line: number;
}

const declarations = new Set(['const', 'let', 'function', 'class', 'default']);

/** Specifier of an `import()` whose argument is not one plain string: nobody can tell what it loads. */
export const computed = '(computed)';

/**
 * All imports of a source text: `import`, `export ... from`, `import()`, `require()`.
 *
 * `import { type A } from 'x'` counts as `value`: Node still loads x. An `import()` in a type is told only by what
 * stands before it (`typeof`, `<`, `|`, `&`, `as`); elsewhere it counts as `lazy`, the stricter reading.
 */
export function importsOf(source: string): Import[] {
  const tokens = tokensOf(source);
  const found: Import[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const at = tokens[i]!;
    if (at.kind !== 'name' || isMark(tokens[i - 1], '.')) continue;
    const one = at.text === 'import' || at.text === 'export' ? declared(tokens, i) : undefined;
    const other = at.text === 'import' || at.text === 'require' ? called(tokens, i) : undefined;
    if (one !== undefined) found.push(one);
    if (other !== undefined) found.push(other);
  }
  return found;
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

function isName(token: Token | undefined, text: string): boolean {
  return token?.kind === 'name' && token.text === text;
}

/** `import ... from 'x'`, `import 'x'`, `export {...} from 'x'`, `export * from 'x'`, beginning at token `i`. */
function declared(tokens: readonly Token[], i: number): Import | undefined {
  const line = tokens[i]!.line;
  let at = i + 1;
  if (isName(tokens[i], 'import') && tokens[at]?.kind === 'string') {
    return { specifier: tokens[at]!.text, kind: 'value', line };
  }
  let kind: Import['kind'] = 'value';
  // `import type from 'x'` imports a value that is named type.
  const typeIsName = isName(tokens[at + 1], 'from') && tokens[at + 2]?.kind === 'string';
  if (isName(tokens[at], 'type') && !typeIsName) {
    kind = 'types';
    at += 1;
  }
  let open = false;
  for (; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (!open && isName(token, 'from') && tokens[at + 1]?.kind === 'string') {
      return { specifier: tokens[at + 1]!.text, kind, line };
    }
    if (isMark(token, '{')) open = true;
    else if (isMark(token, '}')) open = false;
    else if (!mayStandInClause(token, open)) return undefined;
  }
  return undefined;
}

/** A clause is names, commas and `*`; anything else is no import (`export const`, `import.meta`). */
function mayStandInClause(token: Token, inBraces: boolean): boolean {
  if (token.kind === 'mark') return token.text === ',' || token.text === '*';
  if (token.kind === 'name') return inBraces || !declarations.has(token.text);
  return token.kind === 'string' && inBraces;
}

/** `import('x')` or `require('x')` at token `i`. */
function called(tokens: readonly Token[], i: number): Import | undefined {
  if (!isMark(tokens[i + 1], '(')) return undefined;
  const line = tokens[i]!.line;
  const argument = tokens[i + 2];
  const whole = argument?.kind === 'string' && (isMark(tokens[i + 3], ')') || isMark(tokens[i + 3], ','));
  if (!whole) return isName(tokens[i], 'import') ? { specifier: computed, kind: 'lazy', line } : undefined;
  const before = tokens[i - 1];
  const inType =
    ['typeof', 'as'].some((name) => isName(before, name)) || ['<', '|', '&'].some((m) => isMark(before, m));
  return { specifier: argument.text, kind: inType ? 'types' : 'lazy', line };
}
