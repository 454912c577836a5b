/** Which realm a packet is of: by the tunnel it came in, by its VLAN, or that of the tap. */
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import { DEFAULT_REALM, realmWord, takesRealm } from '../../core/summary/realm.ts';

/** Realms of a tap at most; their numbers stand in the keys of flows. */
const MAX_REALMS = 254;
const VLANS = 4096;

/** What the configuration says of realms; plain data, it travels to threads. */
export interface RealmRules {
  /** The tap's realm; the deployment's default one if absent. */
  readonly realm?: string | undefined;
  /** `vlan:ID=REALM` and `tunnel:ID=REALM`. */
  readonly realms?: readonly string[] | undefined;
}

interface RealmRule {
  readonly by: 'vlan' | 'tunnel';
  readonly id: number;
  readonly realm: string;
}

/** `vlan:100=plant`: a VLAN id (0 to 4,094) or a tunnel's (VXLAN, Geneve, GRE key, GTP TEID), and a name. */
export function parseRealmRule(text: string): RealmRule | undefined {
  const match = /^(vlan|tunnel):(\d{1,10})=([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/.exec(text);
  if (match === null) return undefined;
  const by = match[1] === 'vlan' ? 'vlan' : 'tunnel';
  const id = Number(match[2]);
  return id > (by === 'vlan' ? 4094 : 0xffffffff) ? undefined : { by, id, realm: match[3] ?? '' };
}

/** What is wrong with rules, naming the entry, or undefined. */
export function realmFault({ realm, realms = [] }: RealmRules): string | undefined {
  const names = new Map<number, string>();
  const ids = new Set<string>();
  const hasher = new KeyHasher();
  const fault = (name: string): string | undefined => {
    const word = realmWord(name, hasher);
    const known = names.get(word);
    if (word === DEFAULT_REALM || (known !== undefined && known !== name)) {
      return `the realm ${name} cannot be told from ${known ?? 'none'}: choose another name`;
    }
    names.set(word, name);
    return names.size > MAX_REALMS ? `more than ${MAX_REALMS} realms` : undefined;
  };
  for (const text of realms) {
    const rule = parseRealmRule(text);
    if (rule === undefined) return `${JSON.stringify(text)} is not vlan:ID=REALM or tunnel:ID=REALM`;
    const id = `${rule.by}:${rule.id}`;
    if (ids.has(id)) return `${id} has two realms`;
    ids.add(id);
    const wrong = fault(rule.realm);
    if (wrong !== undefined) return wrong;
  }
  return realm === undefined ? undefined : fault(realm);
}

/**
 * The realms of a tap by number: 0 is the tap's own, others are those of VLANs and tunnels. The number is part of a flow's
 * key where one of its addresses is not global, so that networks that overlap are kept apart; sketch keys hold the word.
 */
export class Realms {
  /** The word of each number, signed: a number of 2^31 or more that is handed over would be boxed. */
  readonly words: Int32Array;
  /** Whether packets can be of several realms. */
  readonly differ: boolean;
  /** Number + 1 of each VLAN's realm, 0 where it has none of its own. */
  readonly #byVlan: Uint8Array = new Uint8Array(VLANS);
  readonly #byTunnel: Map<number, number> = new Map();

  /** Throws on rules that have a fault (`realmFault`). */
  constructor(rules: RealmRules = {}) {
    const fault = realmFault(rules);
    if (fault !== undefined) throw new RangeError(fault);
    const { realm, realms = [] } = rules;
    const hasher = new KeyHasher();
    const words = [realm === undefined ? DEFAULT_REALM : realmWord(realm, hasher)];
    for (const text of realms) {
      const rule = parseRealmRule(text);
      if (rule === undefined) continue;
      const word = realmWord(rule.realm, hasher);
      const known = words.indexOf(word);
      const number = known < 0 ? words.push(word) - 1 : known;
      if (rule.by === 'vlan') this.#byVlan[rule.id] = number + 1;
      else this.#byTunnel.set(rule.id, number);
    }
    this.words = Int32Array.from(words);
    this.differ = words.length > 1;
  }

  /** The number of the innermost packet's realm; 0 where neither of its addresses takes one. */
  of(fields: PacketFields): number {
    if (!this.differ || !isApart(fields.address, 0)) return 0;
    // A carrier's id may be that of another tunnel inside, whose content did not decode: then there is no tunnel here.
    const byTunnel = fields.outerCount > 0 ? this.#byTunnel.get(fields.tunnelId) : undefined;
    return byTunnel ?? this.#ofVlan(fields);
  }

  /** The number of the realm of outer header `n`. */
  ofOuter(fields: PacketFields, n: number): number {
    return this.differ && isApart(fields.outerAddress, n * 8) ? this.#ofVlan(fields) : 0;
  }

  #ofVlan({ vlan, innerVlan }: PacketFields): number {
    const inner = innerVlan < 0 ? 0 : this.#byVlan[innerVlan]!;
    if (inner !== 0) return inner - 1;
    const outer = vlan < 0 ? 0 : this.#byVlan[vlan]!;
    return outer === 0 ? 0 : outer - 1;
  }
}

function isApart(address: Uint32Array, at: number): boolean {
  return takesRealm(address, at) || takesRealm(address, at + 4);
}
