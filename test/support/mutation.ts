import type { Random } from '../captures/random.ts';

const edges = [0, 1, 2, 0x1f, 0x30, 0x7f, 0x80, 0x81, 0x84, 0xff] as const;

/** The octets with up to six changes: bits, edges, long lengths, cuts, doubled parts. */
export function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  for (let changes = random.between(0, 6); changes > 0 && changed.length > 0; changes--) {
    const place = random.below(random.chance(0.5) ? Math.min(changed.length, 60) : changed.length);
    switch (random.below(6)) {
      case 0:
        changed[place] = changed[place]! ^ (1 << random.below(8));
        break;
      case 1:
        changed[place] = random.pick(edges);
        break;
      case 2:
        changed.fill(0xff, place, place + random.between(2, 4));
        break;
      case 3:
        changed = changed.slice(0, place);
        break;
      case 4:
        changed = new Uint8Array([...changed.subarray(0, place), ...changed.subarray(random.below(place + 1))]);
        break;
      default:
        changed[place] = random.below(256);
    }
  }
  return changed;
}
