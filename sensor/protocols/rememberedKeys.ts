/** Keys that were met before: the newest `capacity` of them. */
export class RememberedKeys {
  readonly #capacity: number;
  readonly #keys: Set<string> = new Set();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether the key was met before; from now on it was. */
  meet(key: string): boolean {
    if (this.#keys.has(key)) return true;
    for (const oldest of this.#keys) {
      if (this.#keys.size < this.#capacity) break;
      this.#keys.delete(oldest);
    }
    this.#keys.add(key);
    return false;
  }
}
