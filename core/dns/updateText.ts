/** Words for the records of a dynamic update (RFC 2136, 2.4 and 2.5), as Zeek prints them. */
import { RrType, typeName } from './numbers.ts';

const CLASS_NONE = 254;
const CLASS_ANY = 255;
const TYPE_ANY = 255;

/** What must hold before. */
export function prerequisiteText(type: number, rrclass: number, owner: string): string {
  if (type === TYPE_ANY && rrclass === CLASS_NONE) return `pre: NameNotInUse ${owner}`;
  if (type === TYPE_ANY && rrclass === CLASS_ANY) return `pre: NameInUse ${owner}`;
  return `pre: ${rrclass === CLASS_NONE ? 'NoRRSet' : 'RRSetExists'} ${typeName(type)} ${owner}`;
}

/** Whether a record of the update section is taken away, by its class. */
export function isDeletion(rrclass: number): boolean {
  return rrclass === CLASS_NONE || rrclass === CLASS_ANY;
}

/** What is taken away: all of a name, one record, all of a type. */
export function deletionText(type: number, rrclass: number, owner: string): string {
  if (type === TYPE_ANY && rrclass === CLASS_ANY) return `del: RRSet * ${owner}`;
  return rrclass === CLASS_NONE ? `del: RR ${typeName(type)} ${owner}` : `del: RRSet ${typeName(type)}`;
}

/** What is added; an address with its type and name before it. */
export function additionText(type: number, owner: string, text: string): string {
  if (text === '') return text;
  const isAddress = type === RrType.A || type === RrType.AAAA || type === RrType.A6;
  return isAddress ? `add: ${typeName(type)} ${owner} ${text}` : `add: ${text}`;
}
