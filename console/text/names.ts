const collator = new Intl.Collator('en', { numeric: true });

/** The order of names for people: `site-2` before `site-10`. */
export function compareNames(one: string, other: string): number {
  return collator.compare(one, other);
}
