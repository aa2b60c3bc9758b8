// How many pods a ReplicaSet lacks or which it has too many of, and what it reports.
import type { ReplicaSet } from "#api/apps/replica-set.ts";
import type { ReplicaSetStatus } from "#api/apps/deployment-schema.ts";
import type { Pod } from "#api/core/pod.ts";
import { formatTime } from "#api/time.ts";
import { choosePodsToDelete } from "#controllers/pods/deletion-order.ts";
import { mostAtOnce } from "#controllers/pods/pod-control.ts";
import { isAvailable, isReady } from "#controllers/pods/pod-state.ts";

export interface ReplicaPlan {
  readonly create: number;
  readonly remove: readonly Pod[];
}
/** `active`: the set's own; `related`: active pods of all sets of the same controller, for spreading what is left. */
export function planReplicas(
  wanted: number,
  active: readonly Pod[],
  related: () => readonly Pod[],
  now: number,
): ReplicaPlan {
  const missing = wanted - active.length;
  if (missing >= 0) return { create: Math.min(missing, mostAtOnce), remove: [] };
  return { create: 0, remove: choosePodsToDelete(active, related(), Math.min(-missing, mostAtOnce), now) };
}

export interface StatusFacts {
  readonly active: readonly Pod[];
  readonly terminating: number;
  readonly plan: ReplicaPlan;
  /** Why pods could not be made or removed in this turn. */
  readonly failure?: string;
  readonly now: number;
}
export function replicaSetStatus(
  set: Pick<ReplicaSet, "metadata" | "spec" | "status">,
  facts: StatusFacts,
): ReplicaSetStatus {
  const labels = Object.entries(set.spec.template.metadata.labels ?? {});
  const minReady = set.spec.minReadySeconds ?? 0;
  const count = (holds: (pod: Pod) => boolean): number => facts.active.filter(holds).length;
  return {
    replicas: facts.active.length,
    fullyLabeledReplicas: count((pod) => labels.every(([k, v]) => pod.metadata.labels?.[k] === v)),
    readyReplicas: count(isReady),
    availableReplicas: count((pod) => isAvailable(pod, minReady, facts.now)),
    terminatingReplicas: facts.terminating,
    observedGeneration: set.metadata.generation ?? 0,
    conditions: conditionsAfter(set, facts),
  };
}
function conditionsAfter(set: Pick<ReplicaSet, "status">, { failure, plan, now }: StatusFacts) {
  const conditions = set.status.conditions ?? [];
  const current = conditions.find((c) => c.type === "ReplicaFailure");
  if (failure === undefined) return conditions.filter((c) => c !== current);
  if (current) return conditions;
  const reason = plan.create > 0 ? "FailedCreate" : "FailedDelete";
  const facts = { status: "True", reason, message: failure, lastTransitionTime: formatTime(now) };
  return [...conditions, { type: "ReplicaFailure", ...facts }];
}
