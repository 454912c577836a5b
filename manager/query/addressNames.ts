import type { Desk } from './desk.ts';
import type { Scope } from './scope.ts';

/** Addresses that names are looked up for in one answer. */
const mostAddresses = 1000;

/**
 * The newest name that DNS answers gave for each address, of the sensors in scope. For the rows that are shown: at most
 * 1,000 of them. An address in a realm other than the default has none: answers do not tell of realms.
 */
export async function namesOf(
  desk: Pick<Desk, 'dns'>,
  { sites, sensors }: Pick<Scope, 'sites' | 'sensors'>,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  const some = [...new Set(addresses)].filter((address) => !address.includes('@')).slice(0, mostAddresses);
  const newest = await desk.dns.namesOf(some, { sites, sensors, span: undefined });
  return new Map([...newest].map(([address, { name }]) => [address, name]));
}
