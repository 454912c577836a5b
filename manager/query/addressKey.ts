import { parsePrefix } from '../../core/packet/networkSet.ts';
import { realmWord, takesRealm } from '../../core/summary/realm.ts';
import { QueryError } from './queryError.ts';

/**
 * An address as the keys of lists have it: four words and the realm's. `ADDRESS`, or `ADDRESS@REALM` with the realm's name
 * or its eight hexadecimal digits as lists show them. A realm counts only for addresses that are not global.
 */
export function readAddressKey(text: string): number[] {
  const at = text.indexOf('@');
  const address = at < 0 ? text : text.slice(0, at);
  const prefix = address.includes('/') ? undefined : parsePrefix(address);
  if (prefix === undefined)
    throw new QueryError(
      'query.address',
      `${address}: not an address: 192.0.2.7, 2001:db8::7, or 10.0.0.7@REALM; names are not looked up`,
    );
  const realm = at < 0 ? '' : text.slice(at + 1);
  const words = [...prefix.words];
  if (realm === '' || !takesRealm(prefix.words, 0)) return [...words, 0];
  return [...words, /^[0-9a-f]{8}$/.test(realm) ? Number.parseInt(realm, 16) : realmWord(realm)];
}
