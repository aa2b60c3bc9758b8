// Makes and removes the pods of a controller, tells of it in events, and starts slowly: one pod first, then twice as
// many each time, so that a quota or a broken template costs one refusal and not five hundred.
import { ApiError, isReason } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import type { OwnerReference } from "#api/meta/schema.ts";
import { Pod } from "#api/core/pod.ts";
import type { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import type { Given } from "#api/schema.ts";
import type { Turn } from "#reconcile/controller.ts";

/** Most pods that one turn makes or removes. */
export const mostAtOnce = 500;

export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof ApiError && (error.details?.causes?.some((c) => c.reason === "NamespaceTerminating") ?? false);
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A pod that the template makes for its owner; without a name, the server makes one up. */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: KubeObject,
  reference: OwnerReference,
): Given<Pod> & { metadata: object; spec: PodTemplateSpec["spec"] } {
  const { labels, annotations, finalizers } = template.metadata;
  return {
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace!,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [reference],
    },
    spec: template.spec,
  };
}

/** Throws what the server answered, after telling it in an event of the owner. */
export async function createPod(turn: Turn, owner: KubeObject, pod: Given<Pod>): Promise<Pod> {
  try {
    const created = await turn.client.create(Pod, pod, { signal: turn.signal });
    turn.events.event(owner, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`);
    return created;
  } catch (error) {
    if (!isNamespaceTerminating(error) && !turn.signal.aborted)
      turn.events.event(owner, "Warning", "FailedCreate", `Error creating: ${messageOf(error)}`);
    throw error;
  }
}
/** A pod that is gone already, or was replaced by another of its name, is fine. */
export async function deletePod(turn: Turn, owner: KubeObject, pod: Pod): Promise<void> {
  const { name = "", namespace = "", uid } = pod.metadata;
  try {
    const options = { preconditions: { uid: uid! }, signal: turn.signal };
    await turn.client.delete(Pod, { name, namespace }, options);
    turn.events.event(owner, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
  } catch (error) {
    if (isReason(error, "NotFound", "Conflict")) return;
    if (!turn.signal.aborted)
      turn.events.event(owner, "Warning", "FailedDelete", `Error deleting: ${messageOf(error)}`);
    throw error;
  }
}

/** Runs `act` up to `count` times in batches of 1, 2, 4 …; stops after a batch with a failure and throws the first. */
export async function slowStart(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let done = 0, batch = 1; done < count; done += batch, batch *= 2) {
    const size = Math.min(batch, count - done);
    await all(Array.from({ length: size }, (_, i) => act(done + i)));
  }
}
/** Waits for every one of them, then throws the first failure. */
export async function all(tasks: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(tasks)).find((r) => r.status === "rejected");
  if (failed) throw failed.reason as Error;
}
