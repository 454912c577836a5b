import { addressOctets, isInRange } from './addressOctets.ts';
import type { Row, Value } from './record.ts';
import type { Comparison, RowTest } from './rowFilter.ts';

type Scalar = string | number | boolean;
export type RowMatch = (row: Row) => boolean;

/** The filter as a function of a row. */
export function rowMatch(test: RowTest): RowMatch {
  switch (test.kind) {
    case 'and': {
      const all = test.tests.map(rowMatch);
      return (row) => all.every((match) => match(row));
    }
    case 'or': {
      const any = test.tests.map(rowMatch);
      return (row) => any.some((match) => match(row));
    }
    case 'not': {
      const match = rowMatch(test.test);
      return (row) => !match(row);
    }
    case 'present':
      return (row) => row[test.field.name] !== undefined;
    case 'equal': {
      const { value } = test;
      if (value instanceof Uint8Array) return ofField(test.field.name, (item) => isAddress(item, value));
      return ofField(test.field.name, (item) => item === value);
    }
    case 'compare': {
      const holds = comparison(test.operator, test.value);
      return ofField(test.field.name, (item) => typeof item === 'number' && holds(item));
    }
    case 'contains':
      return ofField(test.field.name, (item) => typeof item === 'string' && item.includes(test.value));
    case 'in':
      return ofField(test.field.name, (item) => {
        const octets = addressOctets(String(item));
        return octets !== undefined && isInRange(octets, test.network);
      });
  }
}

/** Whether an item of the field fits; false where it is absent. */
function ofField(name: string, fits: (item: Scalar) => boolean): RowMatch {
  return (row) => {
    const value: Value | undefined = row[name];
    if (value === undefined) return false;
    return typeof value === 'object' ? value.some(fits) : fits(value);
  };
}

function isAddress(item: Scalar, octets: Uint8Array): boolean {
  return addressOctets(String(item))?.every((octet, i) => octet === octets[i]) === true;
}

function comparison(operator: Comparison, limit: number): (value: number) => boolean {
  switch (operator) {
    case '<':
      return (value) => value < limit;
    case '<=':
      return (value) => value <= limit;
    case '>':
      return (value) => value > limit;
    case '>=':
      return (value) => value >= limit;
  }
}
