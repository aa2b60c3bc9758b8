// What a resourceVersion in a read asks for, and waiting until the caches can answer.
import { ApiError } from "#api/errors.ts";
import type { ApiContext } from "#server/api-context.ts";
import { revisionOf } from "#server/request-options.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Served } from "#server/registry.ts";
import type { Revision } from "#store/store.ts";

export function tooLargeVersion(asked: Revision, newest: Revision): ApiError {
  return new ApiError("Timeout", `Timeout: Too large resource version: ${asked}, current: ${newest}`, {
    details: {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
  });
}

/** Makes the caches show at least what `resourceVersion` asks for: "" is the newest state, "0" any. */
export async function waitUntilFresh(
  context: ApiContext,
  resourceVersion: string,
  signal: AbortSignal,
  head = "",
): Promise<void> {
  const { storage } = context;
  if (resourceVersion === "") {
    await storage.catchUp(signal);
    return;
  }
  const asked = revisionOf(resourceVersion, head);
  if (asked <= storage.revision) return;
  const newest = await storage.store.revision();
  if (asked > newest) throw tooLargeVersion(asked, newest);
  await storage.waitFor(asked, signal);
}

/** Makes sure that what is read next can be shown; what `objects` yields may change while somebody converts. */
export async function prepareAll(served: Served, objects: () => Iterable<StoredObject>): Promise<void> {
  if (!served.prepare) return;
  for (let pending = served.prepare(objects()); pending; pending = served.prepare(objects())) await pending;
}
