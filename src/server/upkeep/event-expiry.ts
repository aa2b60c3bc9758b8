// Events live for an hour after their last change. One timer, for the oldest.
import { Event } from "#api/core/event.ts";
import { parseTime } from "#api/time.ts";
import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Storage } from "#server/cache/storage.ts";
import type { Registry } from "#server/registry.ts";

export const eventLifeMs = 60 * 60_000;
/** Events of before the start are looked at once the server has nothing better to do. */
const lookBackMs = 30_000;
const deletionsAtOnce = 500;

export async function expireEvents(
  { registry, storage, clock, log }: { registry: Registry; storage: Storage; clock: Clock; log: Log },
  signal: AbortSignal,
): Promise<void> {
  const cache = storage.cache(Event.group, Event.plural);
  /** When each one goes; in that order, for all live equally long. */
  const due = new Map<string, number>();
  let timer: Timer | undefined;
  const put = (key: string, at: number): void => {
    due.delete(key);
    due.set(key, at);
    schedule();
  };
  const expire = async (): Promise<void> => {
    timer = undefined;
    const now = clock.now();
    const old: string[] = [];
    for (const [key, at] of due) {
      if (at > now || old.length === deletionsAtOnce) break;
      old.push(key);
    }
    for (const key of old) due.delete(key);
    const gone = old.flatMap((key) => cache.get(key) ?? []);
    await Promise.all(gone.map((stored) => storage.delete(cache, stored)));
    schedule();
  };
  const schedule = (): void => {
    const [next] = due.values();
    if (timer || next === undefined || signal.aborted) return;
    timer = clock.after(Math.max(0, next - clock.now()), () => {
      expire().catch((error: unknown) => log.error("events could not be deleted", { error }));
    });
  };
  using _listening = cache.onEvent(({ type, stored }) => {
    if (type === "DELETED") due.delete(stored.key);
    else put(stored.key, clock.now() + eventLifeMs);
  });
  using _lookBack = clock.after(lookBackMs, () => {
    const found = Array.from(registry.list(Event), (event) => [keyOf(event), changedAt(event) + eventLifeMs] as const);
    const later = [...due];
    due.clear();
    for (const [key, at] of found.toSorted((a, b) => a[1] - b[1])) due.set(key, at);
    for (const [key, at] of later) if (cache.get(key)) put(key, at);
    timer?.stop();
    timer = undefined;
    schedule();
  });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  timer?.stop();
}

const keyOf = (event: Event): string => `${event.metadata.namespace ?? ""}/${event.metadata.name ?? ""}`;
function changedAt(event: Event): number {
  const at = event.lastTimestamp ?? event.series?.lastObservedTime ?? event.metadata.creationTimestamp;
  return at ? parseTime(at) : 0;
}
