import type { FoldItem } from './fold.ts';

/** Numbers that stand before each item of a batch: tap, range, start, seconds, kind, version, and three lengths. */
const headNumbers = 9;

/** Sections packed for another thread: both buffers are handed over, nothing is copied on the way. */
export interface FoldBatch {
  heads: Float64Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
}

export function packBatch(items: readonly FoldItem[]): FoldBatch {
  const length = items.reduce((sum, { section }) => sum + bytesOf(section), 0);
  const heads = new Float64Array(items.length * headNumbers);
  const bytes = new Uint8Array(length);
  let at = 0;
  items.forEach(({ tap, range, start, seconds, section }, i) => {
    const { kind, version, parameters, seedHash, body } = section;
    heads.set(
      [tap, range, start, seconds, kind, version, parameters.length, seedHash.length, body.length],
      i * headNumbers,
    );
    for (const piece of [parameters, seedHash, body]) {
      bytes.set(piece, at);
      at += piece.length;
    }
  });
  return { heads, bytes };
}

/** Bytes of a section in a batch. */
export function bytesOf({ parameters, seedHash, body }: FoldItem['section']): number {
  return parameters.length + seedHash.length + body.length;
}

/** The items of a batch; their bytes are views of it. */
export function* unpackBatch({ heads, bytes }: FoldBatch): Iterable<FoldItem> {
  let at = 0;
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  for (let i = 0; i < heads.length; i += headNumbers) {
    const [tap = 0, range = 0, start = 0, seconds = 0, kind = 0, version = 0, parameters = 0, seedHash = 0, body = 0] =
      heads.subarray(i, i + headNumbers);
    yield {
      tap,
      range,
      start,
      seconds,
      section: { kind, version, parameters: take(parameters), seedHash: take(seedHash), body: take(body) },
    };
  }
}
