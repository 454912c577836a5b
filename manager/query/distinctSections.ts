import { kinds } from '../../core/summary/kinds.ts';
import { decodeSection } from '../../core/summary/section.ts';
import type { SectionKind } from '../../core/summary/section.ts';
import type { Distinct } from '../../core/sketch/distinct/distinct.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import type { DistinctKind } from '../../proto/routes.ts';

/** The kinds whose union answers `distinct`. No section counts names yet. */
const answering: Readonly<Record<DistinctKind, readonly SectionKind<Distinct>[]>> = {
  hosts: [kinds.sources, kinds.destinations],
  sources: [kinds.sources],
  destinations: [kinds.destinations],
  pairs: [kinds.pairs],
  services: [kinds.services],
  flows: [kinds.flows],
  names: [],
};

/** Numbers of the kinds of section that answer a question. */
export function sectionsAnswering(what: DistinctKind): ReadonlySet<number> {
  return new Set(answering[what].map(({ kind }) => kind));
}

/** The count in a section of one of those kinds. */
export function readDistinct(what: DistinctKind, section: Parameters<typeof decodeSection>[1]): Distinct | Refusal {
  const kind = answering[what].find((one) => one.kind === section.kind);
  return kind === undefined
    ? new Refusal('distinct', `a section of kind ${section.kind}`)
    : decodeSection(kind, section);
}
