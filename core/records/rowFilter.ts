/**
 * Filters over the rows of a log (`--where`). Docs: docs/logs.md, "Filters".
 *   filter = both { "or" both }      both = one { "and" one }      one = "not" one | "(" filter ")" | test
 *   test   = FIELD                   the field is there; one of true and false is true
 *          | FIELD ("==" | "!=" | "<" | "<=" | ">" | ">=" | "contains") VALUE
 *          | FIELD "in" NETWORK      of addresses
 * A value is a word without spaces, or text in double quotes, in which `\"` and `\\` stand for `"` and `\`. A test of a
 * field that is absent is false, so that `!=`, which is `not ==`, is true. Of a list one item that fits is enough.
 */
import { addressOctets, networkRange, type NetworkRange } from './addressOctets.ts';
import { type Field, isList, isNumeric, elementType, type Log } from './record.ts';

/** Characters of a filter, tests in it, and parentheses and `not`s inside each other. */
const MOST_CHARACTERS = 4096;
const MOST_TESTS = 100;
const MOST_DEPTH = 50;

export type Comparison = '<' | '<=' | '>' | '>=';

/** A filter that was read. Values have the type of the field's items; an address is its octets. */
export type RowTest =
  | { readonly kind: 'and' | 'or'; readonly tests: readonly RowTest[] }
  | { readonly kind: 'not'; readonly test: RowTest }
  | { readonly kind: 'present'; readonly field: Field }
  | { readonly kind: 'equal'; readonly field: Field; readonly value: string | number | boolean | Uint8Array }
  | { readonly kind: 'compare'; readonly field: Field; readonly operator: Comparison; readonly value: number }
  | { readonly kind: 'contains'; readonly field: Field; readonly value: string }
  | { readonly kind: 'in'; readonly field: Field; readonly network: NetworkRange };

/** What is wrong with a filter, and at which character of it (from 1). */
export class FilterFault {
  readonly message: string;
  readonly position: number;
  /** The name that is no field of the log, where it is that. */
  readonly unknown: string | undefined;

  constructor(message: string, position: number, unknown?: string) {
    this.message = message;
    this.position = position;
    this.unknown = unknown;
  }

  toString(): string {
    return `${this.message}, at character ${this.position}`;
  }
}

interface Token {
  readonly text: string;
  readonly at: number;
  readonly quoted: boolean;
}

/** Reads a filter over a log's rows. Never throws. */
export function parseRowFilter(log: Log, text: string): RowTest | FilterFault {
  if (text.length > MOST_CHARACTERS) return new FilterFault(`longer than ${MOST_CHARACTERS} characters`, 1);
  const tokens = tokensOf(text);
  if (tokens instanceof FilterFault) return tokens;
  return new Parser(log, tokens, text.length + 1).whole();
}

function tokensOf(text: string): Token[] | FilterFault {
  const tokens: Token[] = [];
  const pattern = /\s*(?:([()])|(==|!=|<=|>=|<|>)|"((?:[^"\\]|\\["\\])*)"|([^\s()<>=!"]+)|(\S))/uy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) break;
    const [whole, bracket, operator, quoted, word, other] = match;
    const at = match.index + whole.length - whole.trimStart().length + 1;
    if (other !== undefined) {
      return new FilterFault(other === '"' ? 'the quote has no end' : `${other} is not expected`, at);
    }
    const plain = quoted?.replaceAll(/\\(["\\])/gu, '$1');
    tokens.push({ text: plain ?? bracket ?? operator ?? word ?? '', at, quoted: plain !== undefined });
  }
  return tokens;
}

/** Recursive descent; a fault is thrown inside and caught at the top. */
class Parser {
  readonly #log: Log;
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;
  #tests = 0;

  constructor(log: Log, tokens: readonly Token[], end: number) {
    this.#log = log;
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): RowTest | FilterFault {
    const test = this.#joined('or', 0);
    const left = this.#tokens[this.#next];
    if (test instanceof FilterFault || left === undefined) return test;
    return new FilterFault(`${left.text} is not expected`, left.at);
  }

  #joined(kind: 'and' | 'or', depth: number): RowTest | FilterFault {
    const tests: RowTest[] = [];
    do {
      const test = kind === 'or' ? this.#joined('and', depth) : this.#one(depth);
      if (test instanceof FilterFault) return test;
      tests.push(test);
    } while (this.#takes(kind));
    return tests.length === 1 ? tests[0]! : { kind, tests };
  }

  #one(depth: number): RowTest | FilterFault {
    if (depth > MOST_DEPTH) return this.#fault(`more than ${MOST_DEPTH} levels`);
    if (this.#takes('not')) {
      const test = this.#one(depth + 1);
      return test instanceof FilterFault ? test : { kind: 'not', test };
    }
    if (this.#takes('(')) {
      const test = this.#joined('or', depth + 1);
      if (test instanceof FilterFault || this.#takes(')')) return test;
      return this.#fault('a closing parenthesis is missing');
    }
    return this.#test();
  }

  #test(): RowTest | FilterFault {
    if (++this.#tests > MOST_TESTS) return this.#fault(`more than ${MOST_TESTS} tests`);
    const name = this.#tokens[this.#next];
    if (name === undefined || name.quoted) return this.#fault('a field is missing');
    const field = this.#log.fields.find((one) => one.name === name.text);
    if (field === undefined) return this.#fault(`${this.#log.path} has no field ${name.text}`, name.text);
    this.#next++;
    const operator = this.#tokens[this.#next];
    if (operator === undefined || operator.quoted || FOLLOWING.has(operator.text)) return present(field);
    if (!OPERATORS.has(operator.text)) {
      return this.#fault(`${operator.text} is no operator: ${[...OPERATORS].join(' ')}, and, or`);
    }
    this.#next++;
    const value = this.#tokens[this.#next];
    if (value === undefined || (!value.quoted && (OPERATORS.has(value.text) || /^[()]$/u.test(value.text)))) {
      return this.#fault(`a value is missing after ${operator.text}`);
    }
    const test = testOf(field, operator.text, value.text);
    if (typeof test === 'string') return this.#fault(test);
    this.#next++;
    return test;
  }

  #takes(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (token === undefined || token.quoted || token.text !== word) return false;
    this.#next++;
    return true;
  }

  #fault(message: string, unknown?: string): FilterFault {
    return new FilterFault(message, this.#tokens[this.#next]?.at ?? this.#end, unknown);
  }
}

/** What may come after a field that stands alone. */
const FOLLOWING: ReadonlySet<string> = new Set(['and', 'or', ')']);
const OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'contains', 'in']);

function present(field: Field): RowTest {
  return field.type === 'bool' ? { kind: 'equal', field, value: true } : { kind: 'present', field };
}

/** The test, or what is wrong with it. */
function testOf(field: Field, operator: string, text: string): RowTest | string {
  const type = elementType(field.type);
  if (operator === 'in') {
    if (field.type !== 'addr') return `${field.name} is no address: in is of addresses`;
    const network = networkRange(text);
    return network === undefined ? `${text} is no network` : { kind: 'in', field, network };
  }
  if (operator === 'contains') {
    if (isNumeric(type) || type === 'bool' || field.type === 'addr') return `contains is of text: not of ${field.name}`;
    return { kind: 'contains', field, value: text };
  }
  const value = valueOf(field, text);
  if (value === undefined) return `${text} is no ${field.type === 'addr' ? 'address' : type}`;
  if (operator === '==') return { kind: 'equal', field, value };
  if (operator === '!=') return { kind: 'not', test: { kind: 'equal', field, value } };
  if (typeof value !== 'number') return `${operator} is of numbers: not of ${field.name}`;
  return { kind: 'compare', field, operator: operator as Comparison, value };
}

function valueOf(field: Field, text: string): string | number | boolean | Uint8Array | undefined {
  const type = elementType(field.type);
  if (type === 'bool')
    return text === 'true' || text === 'T' ? true : text === 'false' || text === 'F' ? false : undefined;
  if (isNumeric(type)) {
    if (/^-?\d{1,15}(\.\d{1,9})?$/u.test(text)) return Number(text);
    const time = type === 'time' && /^\d{4}-\d\d-\d\dT/u.test(text) ? Date.parse(text) / 1000 : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  }
  return type === 'addr' && !isList(field.type) ? addressOctets(text) : text;
}
