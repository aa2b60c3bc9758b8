// Carries out rollouts: the decision is planRollout's, this is the shell that reads, writes and tells.
import { Deployment } from "#api/apps/deployment.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { matchesLabels } from "#api/selectors.ts";
import { defineController, watching, type CacheOf, type Turn } from "#reconcile/controller.ts";
import { byController, candidates, claim, controllerOf, ownersOf, refersTo } from "#reconcile/owner-references.ts";
import { planRollout, type RolloutPlan, type RolloutStep } from "#controllers/deployment/plan-rollout.ts";
import { revisionAnnotation } from "#controllers/deployment/revision.ts";
import { progressDeadlineMs, reasons, withCondition } from "#controllers/deployment/status.ts";
import { sameTemplate } from "#controllers/deployment/template-hash.ts";
import { isNamespaceTerminating, messageOf } from "#controllers/pods/pod-control.ts";
import { isFinished } from "#controllers/pods/pod-state.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const selects = (deployment: Deployment, set: { metadata: ReplicaSet["metadata"] }): boolean =>
  matchesLabels(deployment.spec.selector, set.metadata.labels);
const selectsEverything = ({ spec: { selector } }: Deployment): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && !selector.matchExpressions?.length;

export const deploymentController = defineController({
  name: "deployment-controller",
  rules: [
    allow("get list watch update patch", "apps", "deployments"),
    allow("update patch", "apps", "deployments/status", "deployments/finalizers"),
    allow("create delete get list patch update watch", "apps", "replicasets"),
    allow("get list update watch", "", "pods"),
    tellEvents,
  ],
  for: Deployment,
  watches: [
    watching(ReplicaSet, (set, cache) => ownersOf(set, cache(Deployment), selects)),
    watching(
      Pod,
      (pod, cache) => recreatingOwner(pod, cache),
      (pod, old) => !pod || (old !== undefined && isFinished(pod) !== isFinished(old)),
    ),
  ],
  async reconcile(deployment, turn) {
    if (selectsEverything(deployment)) {
      const message = "This deployment is selecting all pods. A non-empty selector is required.";
      turn.events.event(deployment, "Warning", "SelectingAll", message);
      const observedGeneration = deployment.metadata.generation ?? 0;
      await writeStatus(turn, Deployment, deployment, { ...deployment.status, observedGeneration });
      return;
    }
    const replicaSets = await claim({
      client: turn.client,
      ownerKind: Deployment,
      owner: deployment,
      kind: ReplicaSet,
      objects: candidates(turn.cache(ReplicaSet), deployment),
      matches: (set) => selects(deployment, set),
      signal: turn.signal,
    });
    const podsOf = byController(turn.cache(Pod));
    const hasRunningPods = (set: ReplicaSet): boolean =>
      (set.status.replicas ?? 0) > 0 || podsOf(set.metadata.uid!).some((pod) => !isFinished(pod));
    const plan = planRollout({ deployment, replicaSets, hasRunningPods, now: turn.clock.now() });
    for (const step of plan.steps) await carryOut(step, deployment, turn);
    const annotated = await annotate(deployment, plan, turn);
    await writeStatus(turn, Deployment, annotated, plan.status);
    return plan.againInMs === undefined ? undefined : { againInMs: plan.againInMs };
  },
});

/** A Deployment that recreates waits for the last pod of its old ReplicaSets. */
function recreatingOwner(pod: Pod, cache: CacheOf): string[] {
  const namespace = pod.metadata.namespace!;
  const toSet = controllerOf(pod);
  if (!toSet || !refersTo(toSet, ReplicaSet)) return [];
  const set = cache(ReplicaSet).get(`${namespace}/${toSet.name}`);
  const toDeployment = set && controllerOf(set);
  if (!toDeployment || !refersTo(toDeployment, Deployment)) return [];
  const key = `${namespace}/${toDeployment.name}`;
  return cache(Deployment).get(key)?.spec.strategy.type === "Recreate" ? [key] : [];
}

async function carryOut(step: RolloutStep, deployment: Deployment, turn: Turn): Promise<void> {
  const { name = "", namespace = "", uid } = step.set.metadata;
  if (step.type === "create") return makeReplicaSet(step.set, deployment, turn);
  if (step.type === "delete") {
    const options = { preconditions: { uid: uid! }, signal: turn.signal };
    await turn.client.delete(ReplicaSet, { name, namespace }, options).catch((error: unknown) => {
      if (!isReason(error, "NotFound")) throw error;
    });
    return;
  }
  const { set, replicas, minReadySeconds, annotations } = step;
  const changed = {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...set.spec, replicas, minReadySeconds },
  };
  await turn.client.update(ReplicaSet, changed, { signal: turn.signal });
  tellScaling(turn, deployment, name, set.spec.replicas ?? 1, replicas);
}

function tellScaling(turn: Turn, deployment: Deployment, name: string, from: number, to: number): void {
  if (from === to) return;
  const direction = from < to ? "up" : "down";
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`;
  turn.events.event(deployment, "Normal", "ScalingReplicaSet", message);
}

async function makeReplicaSet(set: ReplicaSet, deployment: Deployment, turn: Turn): Promise<void> {
  const name = set.metadata.name!;
  try {
    await turn.client.create(ReplicaSet, set, { signal: turn.signal });
    tellScaling(turn, deployment, name, 0, set.spec.replicas ?? 0);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    if (isReason(error, "AlreadyExists")) {
      if (await isOurs(set, deployment, turn)) return;
      const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
      await writeStatus(turn, Deployment, deployment, { ...deployment.status, collisionCount });
      throw error; // the next turn tries another name
    }
    await reportFailure(
      `Failed to create new replica set ${JSON.stringify(name)}: ${messageOf(error)}`,
      deployment,
      turn,
    );
    throw error;
  }
}
/** Whether the ReplicaSet of this name is the one that was to be made; an earlier turn may have made it. */
async function isOurs(set: ReplicaSet, deployment: Deployment, turn: Turn): Promise<boolean> {
  const { name = "", namespace = "" } = set.metadata;
  const found = await turn.client.get(ReplicaSet, { name, namespace }, { signal: turn.signal });
  const sameOwner = controllerOf(found)?.uid === deployment.metadata.uid;
  return sameOwner && sameTemplate(found.spec.template, deployment.spec.template);
}
async function reportFailure(message: string, deployment: Deployment, turn: Turn): Promise<void> {
  turn.events.event(deployment, "Warning", reasons.createFailed, message);
  if (progressDeadlineMs(deployment) === undefined) return;
  const facts = { type: "Progressing", status: "False", reason: reasons.createFailed, message } as const;
  const conditions = withCondition(deployment.status.conditions ?? [], facts, turn.clock.now());
  await writeStatus(turn, Deployment, deployment, { ...deployment.status, conditions });
}

async function annotate(deployment: Deployment, plan: RolloutPlan, turn: Turn): Promise<Deployment> {
  const { name = "", namespace = "", annotations } = deployment.metadata;
  if (plan.revision === undefined || annotations?.[revisionAnnotation] === plan.revision) return deployment;
  const patch = { metadata: { annotations: { [revisionAnnotation]: plan.revision } } };
  // Through the status: a change of annotations through the object itself is a new generation, and this is none.
  const options = { subresource: "status", signal: turn.signal };
  return turn.client.patch(Deployment, { name, namespace }, { type: "merge", patch }, options);
}
