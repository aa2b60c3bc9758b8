// Forgets the store's history, every minute, up to where it was five minutes before: pages of a list and watches of
// another server may reach that far back, and the store does not grow with every change for ever. Upstream forgets every
// five minutes, so that its history is between five and ten minutes long; here it is between five and six.
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Store } from "#store/store.ts";

const stepMs = 60_000;
const keptSteps = 5;

/** Until `signal` is aborted. A compaction that fails is logged, and made good by the next one. */
export async function compactHistory(
  {
    store,
    clock,
    log,
  }: { readonly store: Pick<Store, "revision" | "compact">; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const seen: number[] = [];
  let compacted = 0;
  while (!signal.aborted) {
    try {
      seen.push(await store.revision());
      const before = seen.length > keptSteps ? seen.shift()! : 0;
      if (before > compacted) {
        await store.compact(before);
        compacted = before;
      }
    } catch (error) {
      if (!signal.aborted) log.error("the store's history could not be compacted", { error });
    }
    await clock.sleep(stepMs, signal).catch(() => undefined); // The server is stopping.
  }
}
