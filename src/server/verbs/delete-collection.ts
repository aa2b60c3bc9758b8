// deletecollection: deletes what a list selects, each object by the same rules as a delete of its own.
import { isReason } from "#api/errors.ts";
import type { Verb } from "#server/api-context.ts";
import { Encoded } from "#server/cache/frame.ts";
import type { EncodedObject } from "#server/pipeline.ts";
import { listOptions, type DeleteOptions } from "#server/request-options.ts";
import { selectionOf } from "#server/selection.ts";
import { deleteStored, readDeleteOptions } from "./delete.ts";
import { prepareAll, waitUntilFresh } from "./freshness.ts";

export const deleteCollection: Verb = (context) => async (call) => {
  const options = await readDeleteOptions(context, call);
  const { served, info } = call;
  const selected = listOptions(call.query, false);
  const selection = selectionOf(served, info.namespace, selected);
  await waitUntilFresh(context, selected.resourceVersion, call.signal);
  await prepareAll(served, () => served.cache.list(info.namespace));
  const objects = [...served.cache.select(selection)];
  // Preconditions name one object; they make no sense for many.
  const { preconditions: _, ...each } = options;
  const items: EncodedObject[] = [];
  for (const stored of selected.limit > 0 ? objects.slice(0, selected.limit) : objects) {
    const deletion = await deleteOne(stored.key, each);
    if (deletion) items.push(new Encoded(deletion));
  }
  return {
    type: "list",
    of: served.of,
    apiVersion: served.apiVersion,
    kind: served.of.listKind,
    metadata: { resourceVersion: String(context.storage.revision) },
    items,
  };

  async function deleteOne(key: string, options: DeleteOptions): Promise<EncodedObject["object"] | undefined> {
    try {
      return (await deleteStored(context, call, key, options)).object;
    } catch (error) {
      if (isReason(error, "NotFound")) return undefined;
      throw error;
    }
  }
};
