import { AppError } from '../../runtime/error.ts';
import { createStatement, growStatement } from './schema.ts';
import type { Profile, Table } from './schema.ts';

/** Times that a statement is run again when the engine dies under it: it changes nothing that is there. */
const REPEATS = 2;

/**
 * Tables that are made when rows for them come or are asked for (`grows`), with the columns of this release: a manager
 * whose sensors ship no logs makes none of them, and starts the sooner.
 */
export class LateTables {
  readonly #run: (statement: string) => Promise<unknown>;
  readonly #profile: Profile;
  readonly #made: Map<string, Promise<void>> = new Map();

  constructor(run: (statement: string) => Promise<unknown>, profile: Profile) {
    this.#run = run;
    this.#profile = profile;
  }

  /** Resolves when the table is there. */
  async make(table: Table): Promise<void> {
    if (table.grows !== true) return;
    let made = this.#made.get(table.name);
    if (made === undefined) this.#made.set(table.name, (made = this.#make(table)));
    try {
      await made;
    } catch (error) {
      this.#made.delete(table.name);
      throw error;
    }
  }

  async #make(table: Table): Promise<void> {
    // Servers of the old profile can't be told to add only what is missing: their tables are made anew by hand.
    const grow = this.#profile === 'base' ? undefined : growStatement(table);
    for (const statement of [createStatement(table, this.#profile), grow])
      if (statement !== undefined) await this.#again(statement.text);
  }

  async #again(statement: string): Promise<void> {
    for (let left = REPEATS; ; left--) {
      try {
        await this.#run(statement);
        return;
      } catch (error) {
        if (left === 0 || !(error instanceof AppError && error.code === 'engine.died')) throw error;
      }
    }
  }
}
