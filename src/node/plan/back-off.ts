// The wait before a crashed container starts again: none the first time, then 10 s, doubling to 5 min; a container
// that ran 10 min since its last restart starts over.

export interface BackOff {
  readonly delayMs: number;
  /** When the delay was last set, that is when the container was last started after a crash. */
  readonly since: number;
}
export const firstDelayMs = 10_000;
export const longestDelayMs = 300_000;
const resetAfterMs = 2 * longestDelayMs;

const isFresh = (entry: BackOff, endedAt: number): boolean => endedAt - entry.since <= resetAfterMs;

/** When a container that ended at `endedAt` may start again, and the delay that made it so. */
export function notBefore(entry: BackOff | undefined, endedAt: number): { at: number; delayMs: number } {
  return entry && isFresh(entry, endedAt)
    ? { at: endedAt + entry.delayMs, delayMs: entry.delayMs }
    : { at: endedAt, delayMs: 0 };
}
/** The entry after a restart at `now` of a container that ended at `endedAt`. */
export function nextBackOff(entry: BackOff | undefined, endedAt: number, now: number): BackOff {
  const delayMs = entry && isFresh(entry, endedAt) ? Math.min(entry.delayMs * 2, longestDelayMs) : firstDelayMs;
  return { delayMs, since: now };
}
