import type { Estimate } from '../../proto/api.ts';

export interface SiteCount {
  site: string;
  value: Estimate;
}

/** What merging says beside what adding up would say. */
export interface Union {
  merged: Estimate;
  sites: readonly SiteCount[];
  /** What adding the sites up gives: too many, by all that was seen at more than one of them. */
  sum: number;
  /** Items that adding up counts again; 0 when that is within the error. */
  again: number;
  /** The largest number that has to be drawn. */
  scale: number;
}

/** Compares the union with the sum of its parts. `again` is told only where it is more than the errors of all of them. */
export function compareUnion(merged: Estimate, sites: readonly SiteCount[]): Union {
  const sum = sites.reduce((total, { value }) => total + value.estimate, 0);
  const error = Math.hypot(halfWidth(merged), ...sites.map(({ value }) => halfWidth(value)));
  const excess = sum - merged.estimate;
  return {
    merged,
    sites,
    sum,
    again: sites.length > 1 && excess > error ? excess : 0,
    scale: Math.max(1, sum, merged.upper, ...sites.map(({ value }) => value.upper)),
  };
}

function halfWidth({ lower, upper }: Estimate): number {
  return (upper - lower) / 2;
}

/** Pairs of sites whose overlap is worth a question each: all of a few sites, none of many. */
export function pairsOf(sites: readonly string[], most: number = 4): [string, string][] {
  if (sites.length > most) return [];
  return sites.flatMap((one, i) => sites.slice(i + 1).map((other): [string, string] => [one, other]));
}
