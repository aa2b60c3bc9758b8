// A change of what is stored that is not a client's update: what subresources that are commands do, and the server's own
// upkeep. Reads from the cache, which may lag, so an error is believed only after a look into the store.
import { ApiError, conflict, notFound, staleMessage } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import type { ApiContext } from "#server/api-context.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Served } from "#server/registry.ts";

const attempts = 64;

/**
 * Changes what stands under `key` without the rules of a client's update: for subresources that are commands (binding,
 * eviction). `change` throws to refuse; it returns its argument when there is nothing to change.
 */
export async function changeStored(
  context: ApiContext,
  served: Served,
  key: string,
  change: (object: KubeObject) => KubeObject,
  signal: AbortSignal,
): Promise<StoredObject> {
  let current = served.cache.get(key);
  let isFresh = false;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (!current && !isFresh) {
      current = await context.storage.read(served.cache, key);
      isFresh = true;
    }
    const name = key.slice(key.indexOf("/") + 1);
    if (!current) throw notFound(served.of, name);
    try {
      await served.prepare?.([current]);
      const old = served.show(current);
      const object = change(old);
      if (object === old) return current;
      const written = await context.storage.put(served.cache, key, await served.toStored(object), current.revision);
      if (written.ok) return written.stored;
      current = written.current;
      isFresh = true;
    } catch (error) {
      if (isFresh || !(error instanceof ApiError)) throw error;
      current = await context.storage.read(served.cache, key);
      isFresh = true;
    }
    signal.throwIfAborted();
  }
  throw conflict(served.of, key, staleMessage);
}
