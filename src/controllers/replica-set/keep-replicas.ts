// One turn of a controller that keeps a number of equal pods: ReplicaSets and, under another kind, their forerunner.
import type { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import type { AnyKind, Kind, KubeObject } from "#api/kind.ts";
import { matchesLabels } from "#api/selectors.ts";
import type { Turn } from "#reconcile/controller.ts";
import { candidates, claim, controllerReference } from "#reconcile/owner-references.ts";
import {
  all,
  createPod,
  deletePod,
  isNamespaceTerminating,
  messageOf,
  podFromTemplate,
  slowStart,
} from "#controllers/pods/pod-control.ts";
import { isActive, isTerminating, nextAvailableInMs } from "#controllers/pods/pod-state.ts";
import { planReplicas, replicaSetStatus, type ReplicaPlan } from "#controllers/replica-set/plan-replicas.ts";
import { writeStatus } from "#controllers/write-status.ts";

export interface Keeping<T extends KubeObject & { readonly status: object }> {
  readonly kind: Kind<T>;
  readonly object: T;
  /** What the object says, in the terms of a ReplicaSet. */
  readonly set: Pick<ReplicaSet, "metadata" | "spec" | "status">;
  /** The object's own form of a ReplicaSet's status. */
  readonly statusOf: (status: ReplicaSet["status"]) => T["status"];
  /** Active pods that should be spread together with these. */
  readonly related: () => readonly Pod[];
}

export async function keepReplicas<T extends KubeObject & { readonly status: object }>(
  { kind, object, set, statusOf, related }: Keeping<T>,
  turn: Turn,
): Promise<{ againInMs: number } | undefined> {
  const now = turn.clock.now();
  const pods = await claim({
    client: turn.client,
    ownerKind: kind,
    owner: object,
    kind: Pod,
    objects: candidates(turn.cache(Pod), object).filter((pod) => isActive(pod) || isTerminating(pod)),
    matches: (pod) => matchesLabels(set.spec.selector, pod.metadata.labels),
    signal: turn.signal,
  });
  const active = pods.filter(isActive);
  const plan = set.metadata.deletionTimestamp
    ? { create: 0, remove: [] }
    : planReplicas(set.spec.replicas ?? 1, active, related, now);
  let failure: { readonly error: unknown } | undefined;
  await carryOut(plan, kind, object, set, turn).catch((error: unknown) => (failure = { error }));
  const terminating = pods.length - active.length;
  const why = failure ? { failure: messageOf(failure.error) } : {};
  const status = replicaSetStatus(set, { active, terminating, plan, now, ...why });
  await writeStatus(turn, kind, object, statusOf(status));
  if (failure) throw failure.error;
  const againInMs = nextAvailableInMs(active, set.spec.minReadySeconds ?? 0, now);
  return againInMs === undefined ? undefined : { againInMs };
}

async function carryOut(
  plan: ReplicaPlan,
  kind: AnyKind,
  object: KubeObject,
  set: Pick<ReplicaSet, "spec">,
  turn: Turn,
): Promise<void> {
  const reference = controllerReference(kind, object);
  try {
    await slowStart(plan.create, () => createPod(turn, object, podFromTemplate(set.spec.template, object, reference)));
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error; // no pod can be made there any more, and none needs to be
  }
  await all(plan.remove.map((pod) => deletePod(turn, object, pod)));
}
