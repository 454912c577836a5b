/**
 * Tokens of TypeScript source, as far as the house tests need them: names, strings, everything else by the character.
 * Comments, regular expressions and the text of templates are passed over; what stands in `${}` of a template is not.
 *
 * A regular expression is told from a division by the token before it. JSX text is read as if it were code; a quote in
 * it ends with its line, so at worst the rest of that line is not seen.
 */
export interface Token {
  kind: 'name' | 'string' | 'number' | 'mark';
  /** The name, the mark, or the string's content without its quotes (escapes as written). */
  text: string;
  line: number;
}

/** Names after which a `/` begins a regular expression, though they look like a value. */
const beforeExpression = new Set(
  'return typeof instanceof in of new delete void throw case do else await yield'.split(' '),
);

export function tokensOf(source: string): Token[] {
  return new Scanner(source).scan();
}

class Scanner {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  /** For each `${` that is open: how many `{` are open inside it. */
  readonly #templates: number[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  scan(): Token[] {
    if (this.#source.startsWith('#!')) this.#skipTo('\n');
    while (this.#at < this.#source.length) this.#step();
    return this.#tokens;
  }

  #step(): void {
    const source = this.#source;
    const c = source[this.#at] ?? '';
    if (/\s/.test(c)) this.#skip(1);
    else if (source.startsWith('//', this.#at)) this.#skipTo('\n');
    else if (source.startsWith('/*', this.#at)) this.#skipTo('*/', 2);
    else if (c === "'" || c === '"') this.#string(c);
    else if (c === '`') this.#template();
    else if (c === '/' && this.#expressionMayBegin()) this.#regularExpression();
    else if (/[\p{ID_Start}$_#]/u.test(c)) this.#run('name', /[\p{ID_Continue}$#\u200c\u200d]*/uy);
    else if (/[0-9]/.test(c)) this.#run('number', /[0-9a-zA-Z_.]*/y);
    else if (c === '}' && this.#templates.at(-1) === 0) {
      this.#templates.pop();
      this.#template();
    } else this.#mark(c);
  }

  #mark(c: string): void {
    const open = this.#templates.length - 1;
    if (open >= 0 && c === '{') this.#templates[open]! += 1;
    if (open >= 0 && c === '}') this.#templates[open]! -= 1;
    this.#push('mark', c);
    this.#skip(1);
  }

  #push(kind: Token['kind'], text: string): void {
    this.#tokens.push({ kind, text, line: this.#line });
  }

  #skip(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.#source[this.#at] === '\n') this.#line += 1;
      this.#at += 1;
    }
  }

  #skipTo(mark: string, from = 0): void {
    const found = this.#source.indexOf(mark, this.#at + from);
    const to = found < 0 ? this.#source.length : found + mark.length;
    this.#skip(to - this.#at);
  }

  #run(kind: 'name' | 'number', pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0] ?? '';
    this.#push(kind, text);
    this.#at += Math.max(1, text.length);
  }

  #string(quote: string): void {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== quote && this.#source[end] !== '\n') {
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    this.#push('string', this.#source.slice(this.#at + 1, end));
    this.#skip(end + 1 - this.#at);
  }

  /** From a backtick, or from the `}` that ends a `${`, to the next `${` or the template's end. */
  #template(): void {
    const source = this.#source;
    const start = this.#at + 1;
    const fresh = source[this.#at] === '`';
    let end = start;
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end)) {
      end += source[end] === '\\' ? 2 : 1;
    }
    const closed = source[end] === '`';
    // A template without holes is as good as a string: import(`x`) must not pass unseen.
    if (fresh && closed) this.#push('string', source.slice(start, end));
    else if (fresh) this.#push('mark', '`');
    else if (closed) this.#push('mark', '`');
    if (!closed && end < source.length) this.#templates.push(0);
    this.#skip(end + (closed ? 1 : 2) - this.#at);
  }

  #expressionMayBegin(): boolean {
    const before = this.#tokens.at(-1);
    if (before === undefined) return true;
    if (before.kind === 'name') return beforeExpression.has(before.text);
    if (before.kind === 'string' || before.kind === 'number') return false;
    return ![')', ']', '}', '`'].includes(before.text);
  }

  #regularExpression(): void {
    const source = this.#source;
    let end = this.#at + 1;
    let inClass = false;
    while (end < source.length && source[end] !== '\n' && (inClass || source[end] !== '/')) {
      if (source[end] === '[') inClass = true;
      else if (source[end] === ']') inClass = false;
      end += source[end] === '\\' ? 2 : 1;
    }
    this.#push('mark', '/');
    this.#skip(end + 1 - this.#at);
  }
}
