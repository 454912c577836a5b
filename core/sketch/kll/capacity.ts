/** Items that a level holds at least (m of the paper and of the format). */
export const MIN_LEVEL = 8;

/** More levels than 2^53 values need. */
export const MAX_LEVELS = 60;

/** Items that level `height` of `levels` holds: k * (2/3)^depth, rounded, never below m. */
export function levelCapacity(k: number, levels: number, height: number): number {
  const depth = levels - height - 1;
  if (depth > 30) {
    const half = Math.floor(depth / 2);
    return Math.max(MIN_LEVEL, scaled(scaled(k, half), depth - half));
  }
  return Math.max(MIN_LEVEL, scaled(k, depth));
}

function scaled(k: number, depth: number): number {
  return Math.floor((Math.floor((2 * k * 2 ** depth) / 3 ** depth) + 1) / 2);
}

/** Items that all levels hold together: the length of the array of items. */
export function totalCapacity(k: number, levels: number): number {
  let total = 0;
  for (let height = 0; height < levels; height++) total += levelCapacity(k, levels, height);
  return total;
}
