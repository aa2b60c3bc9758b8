// Writes to the status of some kinds leave the metadata alone, which others may change along with it.
import type { KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";

const kept = ["labels", "annotations", "finalizers", "ownerReferences"] as const;
/** For prepareForStatusUpdate. */
export function keepMetadata<T extends KubeObject>(draft: Draft<T>, old: T): void {
  const metadata: Record<string, unknown> = { ...(draft as { metadata?: object }).metadata };
  for (const name of kept)
    if (old.metadata[name] === undefined) delete metadata[name];
    else metadata[name] = old.metadata[name];
  (draft as { metadata?: object }).metadata = metadata;
}
