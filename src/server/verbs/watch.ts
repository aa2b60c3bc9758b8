// watch: the events of a selection, from now or from a revision in the kept history, until the client leaves or the
// time is up.
import { ApiError, invalid, isReason } from "#api/errors.ts";
import { forbiddenValue } from "#api/field-error.ts";
import type { ApiContext, ResourceCall, Verb } from "#server/api-context.ts";
import { errorFrame } from "#server/cache/frame.ts";
import type { WatchStart } from "#server/cache/watch-cache.ts";
import type { Watcher } from "#server/cache/watcher.ts";
import { defaultGates } from "#server/features/feature-gates.ts";
import type { Reply, WatchFrame } from "#server/pipeline.ts";
import { listOptions, revisionOf, type ListOptions } from "#server/request-options.ts";
import { selectionOf } from "#server/selection.ts";
import type { Revision } from "#store/store.ts";
import { waitUntilFresh } from "./freshness.ts";

/** Frames that may wait for a slow client. */
const bufferLimit = 16_384;
const shortestMs = 30 * 60_000;

/** How the watch begins, as its resourceVersion says. */
function startOf(o: ListOptions): WatchStart {
  if (o.sendInitialEvents) return { type: "present", endWithBookmark: o.allowWatchBookmarks };
  const isOpen = o.resourceVersion === "" || o.resourceVersion === "0";
  return { type: "after", revision: isOpen ? Infinity : revisionOf(o.resourceVersion) };
}

function checkWatchList({ gates = defaultGates }: ApiContext): void {
  if (gates.isOn("WatchList")) return;
  const text = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
  throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", [forbiddenValue("sendInitialEvents", text)]);
}

export const watch: Verb = (context) => async (call) => {
  const options = listOptions(call.query, true);
  if (call.query.has("sendInitialEvents")) checkWatchList(context);
  const selection = selectionOf(call.served, call.info.namespace, options, call.info.name);
  const start = startOf(options);
  const only = (frames: AsyncIterable<readonly WatchFrame[]>): Reply => ({ type: "watch", of: call.served.of, frames });
  if ((options.timeoutSeconds ?? 0) < 0) return only(failing());
  try {
    if (start.type === "present") await waitUntilFresh(context, options.resourceVersion, call.signal);
    else if (Number.isFinite(start.revision)) await reach(context, start.revision, call.signal);
  } catch (error) {
    // Upstream: a watch has begun by the time that it finds its revision to be of the future.
    if (isReason(error, "Timeout")) return only(failing(error));
    throw error;
  }
  const { cache } = call.served;
  const now = context.storage.revision;
  if (start.type === "after" && start.revision < cache.since)
    return only(failing(new ApiError("Expired", `too old resource version: ${start.revision} (${cache.since})`)));
  const watcher = cache.watch(
    { ...selection, bookmarks: options.allowWatchBookmarks, limit: bufferLimit },
    start.type === "after" ? { type: "after", revision: Math.min(start.revision, now) } : start,
    now,
  );
  return { type: "watch", of: call.served.of, frames: follow(context, call, watcher, options.timeoutSeconds) };
};

/** Another server may have told the client of a revision that has not arrived here yet. */
async function reach({ storage }: ApiContext, revision: Revision, signal: AbortSignal): Promise<void> {
  if (revision > storage.revision) await storage.waitFor(Math.min(revision, await storage.store.revision()), signal);
}

async function* failing(error?: ApiError): AsyncGenerator<readonly WatchFrame[]> {
  if (error) yield [errorFrame(error.toStatus())];
}

/** Bounded by time and by the client's stay, from now on, whether or not anybody reads. */
function follow(
  context: ApiContext,
  call: ResourceCall,
  watcher: Watcher,
  timeoutSeconds: number | undefined,
): AsyncIterable<readonly WatchFrame[]> {
  const { cache } = call.served;
  const end = (): void => {
    timer.stop();
    call.signal.removeEventListener("abort", end);
    cache.unwatch(watcher);
  };
  const timeoutMs = timeoutSeconds ? timeoutSeconds * 1000 : shortestMs * (1 + context.random.next());
  const timer = context.clock.after(timeoutMs, () => {
    // The client starts again from this bookmark.
    watcher.mark(context.storage.revision);
    end();
  });
  call.signal.addEventListener("abort", end);
  if (call.signal.aborted) end();
  return watcher.frames(end);
}
