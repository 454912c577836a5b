import { ByteReader } from '../sketch/byteReader.ts';
import { ByteWriter } from '../sketch/byteWriter.ts';
import { Refusal } from '../sketch/refusal.ts';
import type { Section } from './part.ts';

/** A parameter of a kind: a whole number that its sections carry. */
export interface Parameter {
  readonly name: string;
  /** `identity`: sections that differ in it are never merged. `capacity`: merged to the smaller. */
  readonly role: 'identity' | 'capacity';
  readonly least: number;
  readonly greatest: number;
}

/**
 * A kind of section. Its laws, held by one test over all kinds: merging is commutative and associative, `empty` is
 * neutral, decode(encode(x)) = x.
 *
 * `merge` changes `into` and leaves `other`. `decode` copies what it keeps, trusts no length, and refuses by value.
 */
export interface SectionKind<T> {
  /** The number on the wire; never given to another kind. */
  readonly kind: number;
  readonly name: string;
  readonly version: number;
  /** What it counts, for people. */
  readonly sentence: string;
  readonly parameters: readonly Parameter[];
  empty(parameters: readonly number[]): T;
  merge(into: T, other: T): void;
  encode(value: T): Uint8Array;
  decode(body: Uint8Array, parameters: readonly number[]): T | Refusal;
}

/** A value as a section of its kind, without a key. */
export function encodeSection<T>(kind: SectionKind<T>, parameters: readonly number[], value: T): Section {
  return {
    kind: kind.kind,
    version: kind.version,
    parameters: encodeParameters(parameters),
    seedHash: new Uint8Array(0),
    body: kind.encode(value),
  };
}

/** The value in a section that claims to be of this kind. */
export function decodeSection<T>(kind: SectionKind<T>, section: Section): T | Refusal {
  const parameters = decodeParameters(kind, section);
  return parameters instanceof Refusal ? parameters : kind.decode(section.body, parameters);
}

export function encodeParameters(parameters: readonly number[]): Uint8Array {
  const writer = new ByteWriter(8);
  for (const value of parameters) writer.varint(value);
  return writer.finish();
}

/** The parameters of a section, as many and in the ranges that its kind declares. */
export function decodeParameters(
  kind: Pick<SectionKind<unknown>, 'kind' | 'name' | 'version' | 'parameters'>,
  section: Section,
): number[] | Refusal {
  if (section.kind !== kind.kind) return new Refusal(kind.name, `a section of kind ${section.kind}`);
  if (section.version !== kind.version) return new Refusal(kind.name, `version ${section.version} is unknown`);
  const reader = new ByteReader(section.parameters);
  const values: number[] = [];
  for (const { name, least, greatest } of kind.parameters) {
    const value = reader.varint();
    if (reader.failed || value < least || value > greatest) {
      return new Refusal(kind.name, `${name} is not in ${least}..${greatest}`);
    }
    values.push(value);
  }
  return reader.done ? values : new Refusal(kind.name, 'more parameters than it has');
}
