import { deflateRawSync } from 'node:zlib';
import { kindOf } from '../../core/summary/kinds.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { encodePart } from '../../proto/partCodec.ts';

/** Bodies below this are not deflated on the link: it would gain nothing (`sensor/link/partBytes.ts`). */
const DEFLATE_FROM = 128;

/** What one section adds to a part, or its envelope. */
export interface SectionSize {
  /** Name of the kind, or `envelope`: all that is no section. */
  name: string;
  /** Octets before the part is deflated. */
  plain: number;
  /** What the part, as it is shipped, has more for it. The sum over all rows is the part's size. */
  shipped: number;
}

export interface SizeSpread {
  p50: number;
  p95: number;
  max: number;
}

/** Parts of one length. */
export interface PartSizesReport {
  /** Length of the parts in seconds. */
  seconds: number;
  parts: number;
  /** Octets of a part before it is deflated, and as it is shipped. */
  plain: SizeSpread;
  shipped: SizeSpread;
  /** Of the part that is at p95 of what is shipped; sums to its size. */
  sections: SectionSize[];
}

interface PartSize {
  plain: number;
  shipped: number;
  sections: SectionSize[];
}

/** What a sensor would ship of a capture, by length of part and by section. Keeps numbers only. */
export class PartSizes {
  readonly #bySeconds: Map<number, PartSize[]> = new Map();

  add(part: WindowPart): void {
    const sizes = this.#bySeconds.get(part.seconds);
    const size = sizeOf(part);
    if (sizes === undefined) this.#bySeconds.set(part.seconds, [size]);
    else sizes.push(size);
  }

  /** Short parts first. */
  report(): PartSizesReport[] {
    return [...this.#bySeconds]
      .sort(([a], [b]) => a - b)
      .map(([seconds, parts]) => {
        parts.sort((a, b) => a.shipped - b.shipped || a.plain - b.plain);
        return {
          seconds,
          parts: parts.length,
          plain: spreadOf(parts.map(({ plain }) => plain).sort((a, b) => a - b)),
          shipped: spreadOf(parts.map(({ shipped }) => shipped)),
          sections: parts[rankOf(0.95, parts.length)]!.sections,
        };
      });
  }
}

/** A part as it is shipped grows with each section; what it grows by is the section's. */
function sizeOf(part: WindowPart): PartSize {
  const sections: SectionSize[] = [];
  let plain = 0;
  let shipped = 0;
  for (let count = 0; count <= part.sections.length; count++) {
    const bytes = encodePart({ ...part, sections: part.sections.slice(0, count) });
    const length = bytes.length < DEFLATE_FROM ? bytes.length : deflateRawSync(bytes).length;
    const section = part.sections[count - 1];
    const name = section === undefined ? 'envelope' : (kindOf(section.kind)?.name ?? `kind ${section.kind}`);
    sections.push({ name, plain: bytes.length - plain, shipped: length - shipped });
    plain = bytes.length;
    shipped = length;
  }
  return { plain, shipped, sections };
}

/** Place of a quantile in so many sorted values: the least value that so large a share is not above. */
function rankOf(share: number, count: number): number {
  return Math.max(0, Math.ceil(share * count) - 1);
}

function spreadOf(sorted: readonly number[]): SizeSpread {
  const at = (share: number): number => sorted[rankOf(share, sorted.length)]!;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
