// Picks a free number: from a random start upwards, first in the preferred part, then in the rest.
import type { Random } from "#base/random.ts";

/** Undefined when all are taken. `from` (inclusive) begins the preferred part of 0..size-1. */
export function pick(
  range: { readonly size: number; readonly from: number },
  isFree: (offset: number) => boolean,
  random: Random,
): number | undefined {
  return within(range.from, range.size, isFree, random) ?? within(0, range.from, isFree, random);
}
function within(from: number, to: number, isFree: (offset: number) => boolean, random: Random): number | undefined {
  const count = to - from;
  if (count <= 0) return undefined;
  const start = Math.floor(random.next() * count);
  for (let i = 0; i < count; i++) {
    const offset = from + ((start + i) % count);
    if (isFree(offset)) return offset;
  }
  return undefined;
}
