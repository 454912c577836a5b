import { ByteReader } from '../sketch/byteReader.ts';
import { ByteWriter } from '../sketch/byteWriter.ts';
import { Refusal } from '../sketch/refusal.ts';
import type { Section } from './part.ts';
import type { Cadence } from './period.ts';

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
  /** The version that is written. */
  readonly version: number;
  /** In which parts it is (`period.ts`). */
  readonly cadence: Cadence;
  /** Whether its sections are keyed by the deployment's seed, whose hash they then carry. */
  readonly keyed: boolean;
  /** What it counts, for people. */
  readonly sentence: string;
  readonly parameters: readonly Parameter[];
  empty(parameters: readonly number[]): T;
  merge(into: T, other: T): void;
  /** Whether merging it anywhere changes nothing: such a section need not be shipped. */
  isEmpty(value: T): boolean;
  encode(value: T): Uint8Array;
  decode(body: Uint8Array, parameters: readonly number[]): T | Refusal;
  /** How bodies of older versions are read, by version; they have the same parameters. */
  readonly older?: Readonly<Record<number, (body: Uint8Array, parameters: readonly number[]) => T | Refusal>>;
}

/** A value as a section of its kind. A keyed kind needs the hash of its seed (`seed.ts`). */
export function encodeSection<T>(
  kind: SectionKind<T>,
  parameters: readonly number[],
  value: T,
  seedHash: Uint8Array = new Uint8Array(0),
): Section {
  if (kind.keyed && seedHash.length === 0) throw new RangeError(`a section ${kind.name} without a seed`);
  return {
    kind: kind.kind,
    version: kind.version,
    parameters: encodeParameters(parameters),
    seedHash,
    body: kind.encode(value),
  };
}

/** Whether sections of that version can be read. */
export function readsVersion(kind: Pick<SectionKind<unknown>, 'version' | 'older'>, version: number): boolean {
  return version === kind.version || kind.older?.[version] !== undefined;
}

/** The value in a section that claims to be of this kind, of any version that can be read. */
export function decodeSection<T>(kind: SectionKind<T>, section: Section): T | Refusal {
  const parameters = decodeParameters(kind, section);
  if (parameters instanceof Refusal) return parameters;
  if (kind.keyed && section.seedHash.length === 0) return new Refusal(kind.name, 'without a seed');
  const older = section.version === kind.version ? undefined : kind.older?.[section.version];
  return older === undefined ? kind.decode(section.body, parameters) : older(section.body, parameters);
}

export function encodeParameters(parameters: readonly number[]): Uint8Array {
  const writer = new ByteWriter(8);
  for (const value of parameters) writer.varint(value);
  return writer.finish();
}

/** The parameters of a section, as many and in the ranges that its kind declares. */
export function decodeParameters(
  kind: Pick<SectionKind<unknown>, 'kind' | 'name' | 'version' | 'parameters' | 'older'>,
  section: Section,
): number[] | Refusal {
  if (section.kind !== kind.kind) return new Refusal(kind.name, `a section of kind ${section.kind}`);
  if (!readsVersion(kind, section.version)) return new Refusal(kind.name, `version ${section.version} is unknown`);
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
