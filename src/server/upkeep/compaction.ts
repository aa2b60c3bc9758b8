// Forgets the store's history every five minutes, up to where it was five minutes before: pages of a list and watches
// of another server may reach that far back, and the store does not grow with every change for ever.
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Store } from "#store/store.ts";

export const compactionMs = 5 * 60_000;

/** Until `signal` is aborted. A compaction that fails is logged, and made good by the next one. */
export async function compactHistory(
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  let before: number | undefined;
  while (!signal.aborted) {
    try {
      const now = await store.revision();
      if (before !== undefined) await store.compact(before);
      before = now;
    } catch (error) {
      if (!signal.aborted) log.error("the store's history could not be compacted", { error });
    }
    await clock.sleep(compactionMs, signal).catch(() => undefined); // The server is stopping.
  }
}
