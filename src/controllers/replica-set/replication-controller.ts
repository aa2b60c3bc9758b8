// Keeps the number of a ReplicationController's pods: a ReplicaSet under its old name, with a selector that is a map.
import type { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import { ReplicationController } from "#api/core/replication-controller.ts";
import { exactLabels, matchesLabels } from "#api/selectors.ts";
import { defineController, watching } from "#reconcile/controller.ts";
import { byController, ownersOf } from "#reconcile/owner-references.ts";
import { isActive, podChangeMatters } from "#controllers/pods/pod-state.ts";
import { keepReplicas } from "#controllers/replica-set/keep-replicas.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const selects = (controller: ReplicationController, pod: Pod): boolean =>
  matchesLabels(exactLabels(controller.spec.selector), pod.metadata.labels);

function asReplicaSet({
  metadata,
  spec,
  status,
}: ReplicationController): Pick<ReplicaSet, "metadata" | "spec" | "status"> {
  const { selector = {}, template, ...rest } = spec;
  const empty = { metadata: {}, spec: { containers: [] } };
  return { metadata, spec: { ...rest, selector: { matchLabels: selector }, template: template ?? empty }, status };
}

/** It knows no count of pods that are going. */
function withoutTerminating(status: ReplicaSet["status"]): ReplicationController["status"] {
  const { terminatingReplicas: _, ...rest } = status;
  return rest;
}

export const replicationController = defineController({
  name: "replication-controller",
  rules: [
    allow("get list watch update", "", "replicationcontrollers"),
    allow("update", "", "replicationcontrollers/status", "replicationcontrollers/finalizers"),
    allow("create delete get list patch watch", "", "pods"),
    tellEvents,
  ],
  for: ReplicationController,
  watches: [watching(Pod, (pod, cache) => ownersOf(pod, cache(ReplicationController), selects), podChangeMatters)],
  reconcile: (object, turn) =>
    keepReplicas(
      {
        kind: ReplicationController,
        object,
        set: asReplicaSet(object),
        statusOf: withoutTerminating,
        related: () => byController(turn.cache(Pod))(object.metadata.uid!).filter(isActive),
      },
      turn,
    ),
});
