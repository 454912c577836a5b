import { expect, test } from 'vitest';
import { ItemHash } from './itemHash.ts';
import { Sight, SightTable } from './sightTable.ts';

const hash = new ItemHash();

function see(table: SightTable, name: string, sight: number): Sight {
  hash.name(name);
  return table.see(hash.a, hash.b, sight);
}

test('two sights are kept, the third tells of them and the name is gone', () => {
  const table = new SightTable(64, 13);
  expect(see(table, 'a.example', 5)).toBe(Sight.KEPT);
  expect(see(table, 'a.example', 6)).toBe(Sight.KEPT);
  expect(see(table, 'a.example', 7)).toBe(Sight.THIRD);
  expect([table.one, table.two]).toEqual([5, 6]);
  expect(see(table, 'a.example', 8)).toBe(Sight.KEPT);
  let names = 0;
  table.each(() => names++);
  expect(names).toBe(1);
  table.clear();
  table.each(() => names++);
  expect(names).toBe(1);
});

test('nothing gives way up to half of the places, and beyond nothing is lost untold', () => {
  const table = new SightTable(4096, 13);
  let displaced = 0;
  for (let i = 0; i < 10_000; i++) {
    const seen = see(table, `x${i}.example`, i + 1);
    if (seen === Sight.DISPLACED) {
      displaced++;
      expect(table.one).toBeLessThan(i + 1);
    }
    if (i === 2047) expect(displaced).toBe(0);
  }
  let left = 0;
  table.each(() => left++);
  expect(left + displaced).toBe(10_000);
});
