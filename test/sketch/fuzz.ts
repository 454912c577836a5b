import { type Decoder, numbers } from './decoders.ts';

export interface FuzzResult {
  refused: number;
  read: number;
  /** Inputs that were read and written as other bytes. */
  changed: number;
}

/** Mutates good bytes `runs` times: cuts, single bytes, runs of one byte, parts of other sketches. */
export function fuzz(one: Decoder, runs: number, seed: number): FuzzResult {
  const next = numbers(seed);
  const result: FuzzResult = { refused: 0, read: 0, changed: 0 };
  for (let run = 0; run < runs; run++) {
    let bytes = one.seeds[next(one.seeds.length)]!.slice();
    for (let n = next(4); n >= 0; n--) bytes = mutated(bytes, one, next);
    const again = one.again(bytes);
    if (again === undefined) result.refused++;
    else {
      result.read++;
      if (Buffer.compare(again, bytes) !== 0) result.changed++;
    }
  }
  return result;
}

function mutated(
  bytes: Uint8Array<ArrayBuffer>,
  one: Decoder,
  next: (below: number) => number,
): Uint8Array<ArrayBuffer> {
  const at = next(Math.max(1, next(2) === 0 ? Math.min(48, bytes.length) : bytes.length));
  switch (next(8)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return bytes.fill([0, 0xff, 0x80, 0x7f][next(4)]!, at, at + next(12));
    case 2: {
      const other = one.seeds[next(one.seeds.length)]!;
      bytes.set(other.subarray(at, Math.min(bytes.length, at + next(64))), Math.min(at, bytes.length));
      return bytes;
    }
    case 3:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + next(5))]);
    default:
      if (at < bytes.length) bytes[at] = next(256);
      return bytes;
  }
}
