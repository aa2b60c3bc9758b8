// Keeps the number of a ReplicaSet's pods.
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import { byController, controllerOf, ownersOf } from "#reconcile/owner-references.ts";
import { isActive, podChangeMatters } from "#controllers/pods/pod-state.ts";
import { keepReplicas } from "#controllers/replica-set/keep-replicas.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const selects = (set: ReplicaSet, pod: Pod): boolean => matchesLabels(set.spec.selector, pod.metadata.labels);

export const replicaSetController = defineController({
  name: "replicaset-controller",
  rules: [
    allow("get list watch update", "apps", "replicasets"),
    allow("update", "apps", "replicasets/status", "replicasets/finalizers"),
    allow("create delete get list patch watch", "", "pods"),
    tellEvents,
  ],
  for: ReplicaSet,
  watches: [watching(Pod, (pod, cache) => ownersOf(pod, cache(ReplicaSet), selects), podChangeMatters)],
  reconcile: (set, turn) =>
    keepReplicas(
      { kind: ReplicaSet, object: set, set, statusOf: (status) => status, related: () => relatedPods(set, turn) },
      turn,
    ),
});

/** Active pods of all ReplicaSets of the same Deployment: a rollout should not empty one node. */
function relatedPods(set: ReplicaSet, turn: Turn): Pod[] {
  const owner = controllerOf(set)?.uid;
  const sets = owner === undefined ? [set] : byController(turn.cache(ReplicaSet))(owner);
  const podsOf = byController(turn.cache(Pod));
  return sets.flatMap((s) => podsOf(s.metadata.uid!).filter(isActive));
}
