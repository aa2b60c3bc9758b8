// Keeps the number of a ReplicaSet's pods.
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import {
  byController,
  candidates,
  claim,
  controllerOf,
  controllerReference,
  ownersOf,
} from "#reconcile/owner-references.ts";
import {
  all,
  createPod,
  deletePod,
  isNamespaceTerminating,
  messageOf,
  podFromTemplate,
  slowStart,
} from "#controllers/pods/pod-control.ts";
import { isActive, isTerminating, nextAvailableInMs, podChangeMatters } from "#controllers/pods/pod-state.ts";
import { planReplicas, replicaSetStatus, type ReplicaPlan } from "#controllers/replica-set/plan-replicas.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const selects = (set: ReplicaSet, pod: { metadata: Pod["metadata"] }): boolean =>
  matchesLabels(set.spec.selector, pod.metadata.labels);

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
  async reconcile(set, turn) {
    const now = turn.clock.now();
    const pods = await claim({
      client: turn.client,
      ownerKind: ReplicaSet,
      owner: set,
      kind: Pod,
      objects: candidates(turn.cache(Pod), set).filter((pod) => isActive(pod) || isTerminating(pod)),
      matches: (pod) => selects(set, pod),
      signal: turn.signal,
    });
    const active = pods.filter(isActive);
    const plan = set.metadata.deletionTimestamp
      ? { create: 0, remove: [] }
      : planReplicas(set.spec.replicas ?? 1, active, () => relatedPods(set, turn), now);
    let failure: { readonly error: unknown } | undefined;
    await carryOut(plan, set, turn).catch((error: unknown) => (failure = { error }));
    const terminating = pods.length - active.length;
    const why = failure ? { failure: messageOf(failure.error) } : {};
    await writeStatus(turn, ReplicaSet, set, replicaSetStatus(set, { active, terminating, plan, now, ...why }));
    if (failure) throw failure.error;
    const againInMs = nextAvailableInMs(active, set.spec.minReadySeconds ?? 0, now);
    return againInMs === undefined ? undefined : { againInMs };
  },
});

async function carryOut(plan: ReplicaPlan, set: ReplicaSet, turn: Turn): Promise<void> {
  const reference = controllerReference(ReplicaSet, set);
  try {
    await slowStart(plan.create, () => createPod(turn, set, podFromTemplate(set.spec.template, set, reference)));
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error; // no pod can be made there any more, and none needs to be
  }
  await all(plan.remove.map((pod) => deletePod(turn, set, pod)));
}

/** Active pods of all ReplicaSets of the same Deployment: a rollout should not empty one node. */
function relatedPods(set: ReplicaSet, turn: Turn): Pod[] {
  const owner = controllerOf(set)?.uid;
  const sets = owner === undefined ? [set] : byController(turn.cache(ReplicaSet))(owner);
  const podsOf = byController(turn.cache(Pod));
  return sets.flatMap((s) => podsOf(s.metadata.uid!).filter(isActive));
}
