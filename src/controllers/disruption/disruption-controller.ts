// Keeps the numbers of disruption budgets, by which evictions are granted or refused.
import { Deployment } from "#api/apps/deployment.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import { Pod } from "#api/core/pod.ts";
import { ReplicationController } from "#api/core/replication-controller.ts";
import { isReason } from "#api/errors.ts";
import { keyOf, parseApiVersion, type Kind, type KubeObject } from "#api/kind.ts";
import type { OwnerReference } from "#api/meta/schema.ts";
import { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import { controllerOf, refersTo } from "#reconcile/owner-references.ts";
import { failSafe, planBudget } from "#controllers/disruption/plan-budget.ts";
import { discover } from "#controllers/namespace/discover.ts";
import { messageOf } from "#controllers/pods/pod-control.ts";
import { podChangeMatters } from "#controllers/pods/pod-state.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const selects = (budget: PodDisruptionBudget, pod: Pod): boolean =>
  matchesLabels(budget.spec.selector, pod.metadata.labels);

export const disruptionController = defineController({
  name: "disruption-controller",
  rules: [
    allow("get list watch", "apps", "deployments", "replicasets", "statefulsets"),
    allow("get list watch", "", "pods", "replicationcontrollers"),
    allow("get list watch", "policy", "poddisruptionbudgets"),
    allow("update", "policy", "poddisruptionbudgets/status"),
    { verbs: ["get"], apiGroups: ["*"], resources: ["*/scale"] },
    { verbs: ["get"], nonResourceURLs: ["/api", "/api/*", "/apis", "/apis/*"] },
    tellEvents,
  ],
  for: PodDisruptionBudget,
  watches: [
    watching(
      Pod,
      (pod, cache) =>
        cache(PodDisruptionBudget)
          .list(pod.metadata.namespace)
          .filter((budget) => selects(budget, pod))
          .map(keyOf),
      podChangeMatters,
    ),
  ],
  reads: [ReplicaSet, Deployment, StatefulSet, ReplicationController],
  async reconcile(budget, turn) {
    const now = turn.clock.now();
    const pods = turn
      .cache(Pod)
      .list(budget.metadata.namespace)
      .filter((pod) => selects(budget, pod));
    if (pods.length === 0)
      turn.events.event(budget, "Normal", "NoPods", "No matching pods found", { kind: PodDisruptionBudget });
    try {
      const wantedByControllers = await wantedPods(pods, turn);
      const plan = planBudget({ budget, pods, wantedByControllers, now });
      await writeStatus(turn, PodDisruptionBudget, budget, plan.status);
      return plan.againInMs === undefined ? undefined : { againInMs: plan.againInMs };
    } catch (error) {
      if (isReason(error, "Conflict") || turn.signal.aborted) throw error;
      const message = `Failed to calculate the number of expected pods: ${messageOf(error)}`;
      turn.events.event(budget, "Warning", "CalculateExpectedPodCountFailed", message, { kind: PodDisruptionBudget });
      await writeStatus(turn, PodDisruptionBudget, budget, failSafe(budget, messageOf(error), now));
      throw error;
    }
  },
});

async function wantedPods(pods: readonly Pod[], turn: Turn): Promise<number> {
  const controllers = new Map<string, { readonly reference: OwnerReference; readonly namespace: string }>();
  for (const pod of pods) {
    const reference = controllerOf(pod);
    if (reference) controllers.set(reference.uid, { reference, namespace: pod.metadata.namespace! });
  }
  // Of several ReplicaSets of one Deployment only the Deployment counts.
  const scales = new Map<string, number>();
  for (const { reference, namespace } of controllers.values()) {
    const scale = await scaleOf(reference, namespace, turn);
    if (scale) scales.set(scale.uid, scale.replicas);
  }
  return [...scales.values()].reduce((sum, n) => sum + n, 0);
}

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}
type Scaled = KubeObject & { readonly spec: { readonly replicas?: number } };
async function scaleOf(reference: OwnerReference, namespace: string, turn: Turn): Promise<Scale | undefined> {
  const key = `${namespace}/${reference.name}`;
  const known = <T extends Scaled>(kind: Kind<T>): Scale | undefined => {
    const found = turn.cache(kind).get(key);
    return found?.metadata.uid === reference.uid
      ? { uid: reference.uid, replicas: found.spec.replicas ?? 1 }
      : undefined;
  };
  if (refersTo(reference, ReplicaSet)) {
    const set = turn.cache(ReplicaSet).get(key);
    const above = set && set.metadata.uid === reference.uid ? controllerOf(set) : undefined;
    return above && refersTo(above, Deployment) ? scaleOf(above, namespace, turn) : known(ReplicaSet);
  }
  if (refersTo(reference, Deployment)) return known(Deployment);
  if (refersTo(reference, StatefulSet)) return known(StatefulSet);
  if (refersTo(reference, ReplicationController)) return known(ReplicationController);
  return customScale(reference, namespace, turn);
}
/** A controller of a custom kind says through its scale how many pods it wants. */
async function customScale(reference: OwnerReference, namespace: string, turn: Turn): Promise<Scale | undefined> {
  const { group } = parseApiVersion(reference.apiVersion);
  const { kinds } = await discover(turn.client, turn.signal);
  const kind = kinds.find((k) => k.kind === reference.kind && k.group === group);
  if (!kind) throw new Error(`the kind ${reference.kind} of ${reference.apiVersion} is not served`);
  try {
    const options = { subresource: "scale", signal: turn.signal };
    const scale = (await turn.client.get(kind, { namespace, name: reference.name }, options)) as Scaled;
    return { uid: reference.uid, replicas: scale.spec.replicas ?? 0 };
  } catch (error) {
    if (!isReason(error, "NotFound")) throw error;
    throw new Error(`${kind.plural}.${kind.group} does not implement the scale subresource`, { cause: error });
  }
}
