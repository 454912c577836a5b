/** The share of the names that one registered domain may have: a flood of made-up names leaves room for others. */
const SHARE_A_SUFFIX = 4;

/** Names of a period by number, with what is counted of each. */
export class NameIndex {
  readonly texts: string[] = [];
  /** Hashes for sketches. */
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly queries: Float64Array;
  readonly nxdomain: Float64Array;
  readonly #most: number;
  readonly #numbers: Map<string, number> = new Map();
  readonly #suffixes: Map<string, number> = new Map();

  constructor(most: number) {
    this.#most = most;
    this.a = new Uint32Array(most);
    this.b = new Uint32Array(most);
    this.queries = new Float64Array(most);
    this.nxdomain = new Float64Array(most);
  }

  /** The number of a name, or undefined. */
  of(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** A number for a name that has none; -1 when there is no room for it, or for its domain. */
  add(name: string, a: number, b: number): number {
    const number = this.texts.length;
    if (number === this.#most) return -1;
    const suffix = suffixOf(name);
    const before = this.#suffixes.get(suffix) ?? 0;
    if (before * SHARE_A_SUFFIX >= this.#most) return -1;
    this.#suffixes.set(suffix, before + 1);
    this.texts.push(name);
    this.#numbers.set(name, number);
    this.a[number] = a;
    this.b[number] = b;
    return number;
  }

  clear(): void {
    this.queries.fill(0, 0, this.texts.length);
    this.nxdomain.fill(0, 0, this.texts.length);
    this.texts.length = 0;
    this.#numbers.clear();
    this.#suffixes.clear();
  }
}

/**
 * About the registered domain of a name, without a list of registries: two labels, three below a short one under a
 * country (co.uk), four for reverse names (16 bits of an IPv4 address).
 */
export function suffixOf(name: string): string {
  const last = name.lastIndexOf('.');
  const second = name.lastIndexOf('.', last - 1);
  if (last < 0 || second < 0) return name;
  let labels = 2;
  if (name.endsWith('.arpa')) labels = 4;
  else if (name.length - last - 1 === 2 && last - second - 1 <= 3) labels = 3;
  let start = second;
  for (; labels > 2 && start >= 0; labels--) start = start === 0 ? -1 : name.lastIndexOf('.', start - 1);
  return name.slice(start + 1);
}
