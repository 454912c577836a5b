import { expect, test } from 'vitest';
import { PacketFields } from '../../core/packet/fields.ts';
import { parsePrefix } from '../../core/packet/networkSet.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { realmWord } from '../../core/summary/realm.ts';
import { parseRealmRule, realmFault, Realms } from './realms.ts';

function fieldsOf(source: string, how: { vlan?: number; innerVlan?: number; tunnel?: number } = {}): PacketFields {
  const fields = new PacketFields();
  fields.address.set(parsePrefix(source)!.words, 0);
  fields.address.set(parsePrefix('8.8.8.8')!.words, 4);
  fields.vlan = how.vlan ?? -1;
  fields.innerVlan = how.innerVlan ?? -1;
  if (how.tunnel !== undefined) {
    fields.outerCount = 1;
    fields.tunnelId = how.tunnel;
  }
  return fields;
}

const rules = {
  realm: 'office',
  realms: ['vlan:100=plant', 'vlan:101=plant', 'tunnel:4000000000=lab', 'vlan:7=office'],
};

test('the tunnel decides, then the inner VLAN, then the outer one, then the tap', () => {
  const realms = new Realms(rules);
  const name = (fields: PacketFields): number => realms.words[realms.of(fields)]! >>> 0;
  const [office, plant, lab] = ['office', 'plant', 'lab'].map((text) => realmWord(text));
  expect(name(fieldsOf('10.0.0.1'))).toBe(office);
  expect(name(fieldsOf('10.0.0.1', { vlan: 5 }))).toBe(office);
  expect(name(fieldsOf('10.0.0.1', { vlan: 100 }))).toBe(plant);
  expect(name(fieldsOf('10.0.0.1', { vlan: 5, innerVlan: 101 }))).toBe(plant);
  expect(name(fieldsOf('10.0.0.1', { vlan: 100, innerVlan: 7 }))).toBe(office);
  expect(name(fieldsOf('10.0.0.1', { vlan: 100, tunnel: 4_000_000_000 }))).toBe(lab);
  expect(name(fieldsOf('10.0.0.1', { vlan: 100, tunnel: 1 }))).toBe(plant);
  // Global addresses are the same hosts everywhere: their flows have the tap's number.
  expect(realms.of(fieldsOf('9.9.9.9', { vlan: 100 }))).toBe(0);
  expect(new Realms().of(fieldsOf('10.0.0.1', { vlan: 100 }))).toBe(0);
});

test('rules are read strictly', () => {
  expect(parseRealmRule('vlan:4094=a')).toEqual({ by: 'vlan', id: 4094, realm: 'a' });
  for (const bad of [
    '',
    'vlan:4095=a',
    'vlan:1',
    'vlan:1=',
    'vlan:x=a',
    'tunnel:4294967296=a',
    'port:1=a',
    'vlan:1=a b',
  ])
    expect(parseRealmRule(bad)).toBeUndefined();
  expect(realmFault(rules)).toBeUndefined();
  expect(realmFault({ realms: ['vlan:1=a', 'vlan:1=b'] })).toBe('vlan:1 has two realms');
  expect(realmFault({ realms: ['nonsense'] })).toContain('is not vlan:ID=REALM');
  expect(realmFault({ realms: Array.from({ length: 300 }, (_, i) => `vlan:${i}=r${i}`) })).toContain('more than 254');
  expect(() => new Realms({ realms: ['nonsense'] })).toThrow(RangeError);
});

const hasher = new KeyHasher();

test('names whose words collide are refused', () => {
  const seen = new Map<number, string>();
  let pair: string[] | undefined;
  for (let i = 0; pair === undefined; i++) {
    const word = realmWord(`r${i}`, hasher);
    const known = seen.get(word);
    if (known !== undefined) pair = [known, `r${i}`];
    seen.set(word, `r${i}`);
  }
  expect(realmFault({ realm: pair[0], realms: [`vlan:1=${pair[1]}`] })).toContain('cannot be told from');
});
