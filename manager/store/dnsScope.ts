import { joinSql, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Whose digests a question is about, and of which time. */
export interface DnsScope {
  /** Empty: all. */
  sites: readonly string[];
  /** NAME or SITE/NAME; empty: all. */
  sensors: readonly string[];
  /** Seconds since 1970, [from, to); undefined: ever. */
  span: { from: number; to: number } | undefined;
}

export function isInScope({ sites, sensors }: DnsScope, site: string, sensor: string): boolean {
  return (
    (sites.length === 0 || sites.includes(site)) &&
    (sensors.length === 0 || sensors.includes(sensor) || sensors.includes(`${site}/${sensor}`))
  );
}

/** The same as a condition over the columns `site` and `sensor`. */
export function ownersCondition({ sites, sensors }: DnsScope): Sql {
  const conditions: Sql[] = [];
  if (sites.length > 0) conditions.push(sql`site IN (${texts(sites)})`);
  if (sensors.length > 0)
    conditions.push(sql`(sensor IN (${texts(sensors)}) OR concat(site, '/', sensor) IN (${texts(sensors)}))`);
  return all(conditions);
}

/** Values of a list for `IN (...)`. */
export function texts(values: readonly string[]): Sql {
  return joinSql(
    values.map((value) => sql`${value}`),
    ', ',
  );
}

/** Conditions that all have to hold. */
export function all(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`1` : joinSql(conditions, ' AND ');
}

/** Conditions of which one has to hold. */
export function some(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`0` : sql`(${joinSql(conditions, ' OR ')})`;
}
