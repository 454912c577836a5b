import { ByteReader } from '../sketch/byteReader.ts';
import { ByteWriter } from '../sketch/byteWriter.ts';
import type { Distinct } from '../sketch/distinct/distinct.ts';
import { Refusal } from '../sketch/refusal.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import type { SectionKind } from './section.ts';

/** The scope of nothing: whatever is merged into it decides. */
export const NO_SCOPE = 0;
/** Of values that were split by different networks: a key may be on both sides. */
export const MIXED_SCOPE = 1;
/** Of values that were not split at all: everything is remote. */
export const UNSPLIT_SCOPE = 2;
/** From here on a scope stands for the networks that were local (`NetworkSet.fingerprint`). */
export const LEAST_SCOPE = 16;
const MOST_SCOPE = 2 ** 28 - 1;

/**
 * A statistic told apart by where its keys are: an address is local when it is in `networks.local`, a pair or a flow when
 * both of its ends are.
 *
 * `scope` says by which networks. While it is one, a key is on one side only. Where values of several were merged (a
 * configuration that changed, sites that differ) a key may be on both, which lists have to reckon with (`rowsOf`).
 */
export class Split<T> {
  readonly local: T;
  readonly remote: T;
  scope: number;

  constructor(local: T, remote: T, scope: number = NO_SCOPE) {
    this.local = local;
    this.remote = remote;
    this.scope = scope;
  }
}

function joinScopes(a: number, b: number): number {
  if (a === NO_SCOPE || a === b) return b;
  return b === NO_SCOPE ? a : MIXED_SCOPE;
}

/** The scope of networks with that fingerprint. */
export function scopeOf(fingerprint: number): number {
  return LEAST_SCOPE + (fingerprint % (MOST_SCOPE - LEAST_SCOPE));
}

/**
 * A kind that holds another one twice. Version 2 of its number; bodies of version 1 are the plain kind's, made by sensors
 * that did not split, and are read as remote altogether.
 *
 * Body: varint scope, varint length of the local body, the local body, the remote body.
 */
export function splitKind<T>(plain: SectionKind<T>): SectionKind<Split<T>> {
  const { name } = plain;
  return {
    ...plain,
    version: 2,
    empty: (parameters) => new Split(plain.empty(parameters), plain.empty(parameters)),
    merge(into, other) {
      plain.merge(into.local, other.local);
      plain.merge(into.remote, other.remote);
      into.scope = joinScopes(into.scope, other.scope);
    },
    isEmpty: ({ local, remote }) => plain.isEmpty(local) && plain.isEmpty(remote),
    encode({ local, remote, scope }) {
      const localBody = plain.encode(local);
      const remoteBody = plain.encode(remote);
      const writer = new ByteWriter(localBody.length + remoteBody.length + 8);
      writer.varint(scope);
      writer.varint(localBody.length);
      writer.bytes(localBody);
      writer.bytes(remoteBody);
      return writer.finish();
    },
    decode(body, parameters) {
      const reader = new ByteReader(body);
      const scope = reader.varint();
      const length = reader.varint();
      if (reader.failed || length > reader.left) return new Refusal(name, 'shorter than its local half');
      if (scope > MOST_SCOPE || (scope > UNSPLIT_SCOPE && scope < LEAST_SCOPE)) {
        return new Refusal(name, `scope ${scope} is unknown`);
      }
      const local = plain.decode(reader.bytes(length), parameters);
      if (local instanceof Refusal) return local;
      const remote = plain.decode(reader.bytes(reader.left), parameters);
      return remote instanceof Refusal ? remote : new Split(local, remote, scope);
    },
    older: {
      1(body, parameters) {
        const remote = plain.decode(body, parameters);
        return remote instanceof Refusal ? remote : new Split(plain.empty(parameters), remote, UNSPLIT_SCOPE);
      },
    },
  };
}

/** The items of both sides: their union, a count of its own. Exact while both are and the union fits. */
export function unionOf({ local, remote }: Split<Distinct>): Distinct {
  const union = local.copy();
  union.merge(remote);
  return union;
}

/**
 * The rows of both sides as one list, a copy, none cut off. Of one scope a key that is on one side is not on the other,
 * so what was cut off there says nothing of it; of several it may have been, and the floors count.
 */
export function rowsOf({ local, remote, scope }: Split<TopRows>): TopRows {
  const rows = local.copy();
  rows.capacity = local.count + remote.count + 1;
  const other = remote.copy();
  other.capacity = rows.capacity;
  if (scope === MIXED_SCOPE) rows.merge(other);
  else rows.join(other);
  rows.capacity = Math.max(local.capacity, remote.capacity);
  return rows;
}
