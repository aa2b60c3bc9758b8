// A definition that is deleted takes its objects with it: they are deleted by their own rules, and when the last one is
// gone, so is the finalizer.
import type { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { cleanupFinalizer, isTrue, withCondition, type Condition } from "#api/apiextensions/definition.ts";
import type { AnyKind } from "#api/kind.ts";
import { formatTime } from "#api/time.ts";
import type { ApiContext } from "#server/api-context.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { WatchCache } from "#server/cache/watch-cache.ts";
import type { Served } from "#server/registry.ts";
import { changeStored } from "#server/verbs/change-stored.ts";
import { planDelete } from "#server/verbs/plan-delete.ts";
import { isReason } from "#api/errors.ts";
import { storedKind } from "./custom-kind.ts";

const deletionsAtOnce = 100;
const attempts = 16;

const terminating = (status: "True" | "False", reason: string, message: string): Condition => ({
  type: "Terminating",
  status,
  reason,
  message,
});
export const mustCleanUp = (crd: CustomResourceDefinition): boolean =>
  crd.metadata.deletionTimestamp !== undefined && (crd.metadata.finalizers ?? []).includes(cleanupFinalizer);

/** `definitions` is how the definitions themselves are served; `overlaps`: the objects are those of a built-in kind. */
export async function cleanUp(
  context: ApiContext,
  definitions: Served,
  crd: CustomResourceDefinition,
  overlaps: boolean,
  signal: AbortSignal,
): Promise<void> {
  const say = (condition: Condition): Promise<unknown> =>
    changeStored(
      context,
      definitions,
      crd.metadata.name!,
      (object) => withTerminating(context, object, condition),
      signal,
    );
  try {
    await say(terminating("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress"));
    await say(await outcomeOf(context, crd, overlaps, signal));
    await release(context, definitions, crd.metadata.name!);
  } catch (error) {
    // Another server may have been faster.
    if (!isReason(error, "NotFound")) throw error;
  }
}
async function outcomeOf(
  context: ApiContext,
  crd: CustomResourceDefinition,
  overlaps: boolean,
  signal: AbortSignal,
): Promise<Condition> {
  if (overlaps)
    return terminating("False", "OverlappingBuiltInResource", "instances overlap with built-in resources in storage");
  const kind = storedKind(crd);
  if (!kind || !isTrue(crd, "Established"))
    return terminating("False", "NeverEstablished", "resource was never established");
  await deleteInstances(context, kind, signal);
  return terminating("False", "InstanceDeletionCompleted", "removed all instances");
}

type AnyObject = Parameters<Parameters<typeof changeStored>[3]>[0];
function withTerminating(context: ApiContext, object: AnyObject, condition: Condition): AnyObject {
  const crd = object as CustomResourceDefinition;
  const conditions = withCondition(crd.status.conditions, condition, formatTime(context.clock.now()));
  return { ...crd, status: { ...crd.status, conditions } } as AnyObject;
}

/** Takes the finalizer away; with the last one the definition goes. */
async function release(context: ApiContext, { cache }: Served, name: string): Promise<void> {
  let current = await context.storage.read(cache, name);
  for (let attempt = 1; current && attempt <= attempts; attempt++) {
    const { metadata } = current.object;
    const finalizers = (metadata.finalizers ?? []).filter((f) => f !== cleanupFinalizer);
    const written: Awaited<ReturnType<ApiContext["storage"]["delete"]>> =
      finalizers.length === 0
        ? await context.storage.delete(cache, current)
        : await context.storage.put(
            cache,
            current.key,
            { ...current.object, metadata: { ...metadata, finalizers } },
            current.revision,
          );
    if (written.ok) return;
    current = written.current;
  }
}

/** Resolves when the last object is gone; finalizers may hold some for as long as they like. */
async function deleteInstances(context: ApiContext, kind: AnyKind, signal: AbortSignal): Promise<void> {
  const cache = context.storage.cache(kind.group, kind.plural);
  await context.storage.catchUp(signal);
  const objects = [...cache.list()];
  for (let at = 0; at < objects.length; at += deletionsAtOnce) {
    signal.throwIfAborted();
    await Promise.all(objects.slice(at, at + deletionsAtOnce).map((stored) => deleteOne(context, cache, kind, stored)));
  }
  await emptied(cache, signal);
}
async function deleteOne(context: ApiContext, cache: WatchCache, kind: AnyKind, stored: StoredObject): Promise<void> {
  let current: StoredObject | undefined = stored;
  for (let attempt = 1; current && attempt <= attempts; attempt++) {
    const plan = planDelete(kind, current.object, { dryRun: false }, context.clock.now());
    if (plan.type === "pending") return;
    const written: Awaited<ReturnType<ApiContext["storage"]["delete"]>> =
      plan.type === "remove"
        ? await context.storage.delete(cache, current)
        : await context.storage.put(cache, current.key, plan.object, current.revision);
    if (written.ok) return;
    current = written.current;
  }
}
async function emptied(cache: WatchCache, signal: AbortSignal): Promise<void> {
  if (cache.size === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  using _listening = cache.onEvent(() => {
    if (cache.size === 0) resolve();
  });
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  await promise.finally(() => signal.removeEventListener("abort", abort));
}
