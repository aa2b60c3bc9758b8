// What a Deployment reports of itself: counts, and the conditions Available, Progressing and ReplicaFailure with the
// reasons and texts that kubectl rollout status and people know.
import type { Deployment } from "#api/apps/deployment.ts";
import type { DeploymentCondition, DeploymentStatus } from "#api/apps/deployment-schema.ts";
import type { ReplicaSet } from "#api/apps/replica-set.ts";
import { formatTime, parseTime } from "#api/time.ts";
import { maxUnavailable, total, totalAvailable, wantedReplicas, type Sized } from "#controllers/deployment/sizing.ts";

type Conditions = readonly DeploymentCondition[];
type ConditionType = "Available" | "Progressing" | "ReplicaFailure";
const noDeadline = 2 ** 31 - 1;

export const reasons = {
  found: "FoundNewReplicaSet",
  created: "NewReplicaSetCreated",
  createFailed: "ReplicaSetCreateError",
  updated: "ReplicaSetUpdated",
  complete: "NewReplicaSetAvailable",
  timedOut: "ProgressDeadlineExceeded",
  paused: "DeploymentPaused",
  resumed: "DeploymentResumed",
} as const;

export const conditionOf = (conditions: Conditions | undefined, type: ConditionType): DeploymentCondition | undefined =>
  conditions?.find((c) => c.type === type);
export const without = (conditions: Conditions, type: ConditionType): DeploymentCondition[] =>
  conditions.filter((c) => c.type !== type);

export interface ConditionFacts {
  readonly type: ConditionType;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}
/** Sets a condition; one of the same status and reason stays as it is, text and times included. */
export function withCondition(conditions: Conditions, facts: ConditionFacts, now: number): DeploymentCondition[] {
  const current = conditionOf(conditions, facts.type);
  if (current?.status === facts.status && current.reason === facts.reason) return [...conditions];
  const time = formatTime(now);
  const lastTransitionTime =
    current?.status === facts.status && current.lastTransitionTime ? current.lastTransitionTime : time;
  return [...without(conditions, facts.type), { ...facts, lastUpdateTime: time, lastTransitionTime }];
}

export const progressDeadlineMs = (deployment: Deployment): number | undefined => {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds === undefined || seconds === noDeadline ? undefined : seconds * 1000;
};

/** Notes that a rollout was paused or resumed, so that its deadline does not count the time in between. */
export function pauseConditions(deployment: Deployment, now: number): DeploymentCondition[] {
  const conditions = [...(deployment.status.conditions ?? [])];
  if (progressDeadlineMs(deployment) === undefined) return conditions;
  const reason = conditionOf(conditions, "Progressing")?.reason;
  if (reason === reasons.timedOut) return conditions;
  const note = (r: string, message: string) =>
    withCondition(conditions, { type: "Progressing", status: "Unknown", reason: r, message }, now);
  if (deployment.spec.paused && reason !== reasons.paused) return note(reasons.paused, "Deployment is paused");
  if (!deployment.spec.paused && reason === reasons.paused) return note(reasons.resumed, "Deployment is resumed");
  return conditions;
}

/** Counts and availability; `fresh` is the ReplicaSet of the present template. */
export function countStatus(
  deployment: Deployment,
  all: readonly Sized[],
  fresh: Sized | undefined,
  conditions: Conditions,
  now: number,
): DeploymentStatus {
  const sum = (of: (set: ReplicaSet) => number | undefined): number => all.reduce((n, s) => n + (of(s.set) ?? 0), 0);
  const available = totalAvailable(all);
  const enough = available >= wantedReplicas(deployment) - maxUnavailable(deployment);
  const facts: ConditionFacts = enough
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  const { collisionCount } = deployment.status;
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum((s) => s.status.replicas),
    updatedReplicas: fresh?.set.status.replicas ?? 0,
    readyReplicas: sum((s) => s.status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(all) - available),
    terminatingReplicas: sum((s) => s.status.terminatingReplicas),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(conditions, facts, now),
  };
}

const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean => {
  const wanted = wantedReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
};
/** Whether the rollout was complete when the status was last written. */
export const wasComplete = (deployment: Deployment): boolean => isComplete(deployment, deployment.status);

function hasMoved(old: DeploymentStatus, status: DeploymentStatus): boolean {
  const n = (value: number | undefined): number => value ?? 0;
  return (
    n(status.updatedReplicas) > n(old.updatedReplicas) ||
    n(status.replicas) - n(status.updatedReplicas) < n(old.replicas) - n(old.updatedReplicas) ||
    n(status.readyReplicas) > n(old.readyReplicas) ||
    n(status.availableReplicas) > n(old.availableReplicas)
  );
}
function hasTimedOut(condition: DeploymentCondition | undefined, deadlineMs: number, now: number): boolean {
  if (!condition || condition.reason === reasons.complete) return false;
  if (condition.reason === reasons.timedOut) return true;
  return parseTime(condition.lastUpdateTime ?? formatTime(0)) + deadlineMs < now;
}

/** The status of a rollout under way: `counted` with the condition Progressing brought up to date. */
export function rolloutStatus(
  deployment: Deployment,
  counted: DeploymentStatus,
  all: readonly Sized[],
  fresh: Sized | undefined,
  now: number,
): DeploymentStatus {
  let conditions = [...(counted.conditions ?? [])];
  const deadlineMs = progressDeadlineMs(deployment);
  const current = conditionOf(conditions, "Progressing");
  const settled = counted.replicas === counted.updatedReplicas && current?.reason === reasons.complete;
  if (deadlineMs === undefined) conditions = without(conditions, "Progressing");
  else if (!settled) {
    const subject = fresh
      ? `ReplicaSet ${JSON.stringify(fresh.set.metadata.name)}`
      : `Deployment ${JSON.stringify(deployment.metadata.name)}`;
    const progressing = (status: "True" | "False", reason: string, text: string): ConditionFacts => ({
      type: "Progressing",
      status,
      reason,
      message: `${subject} ${text}`,
    });
    if (isComplete(deployment, counted))
      conditions = withCondition(
        conditions,
        progressing("True", reasons.complete, "has successfully progressed."),
        now,
      );
    else if (hasMoved(deployment.status, counted)) {
      // The time of the last movement must be renewed even when status and reason stay the same.
      const lastTransitionTime = current?.status === "True" ? current.lastTransitionTime : undefined;
      const facts = progressing("True", reasons.updated, "is progressing.");
      const renewed = withCondition([], facts, now)[0]!;
      conditions = [
        ...without(conditions, "Progressing"),
        { ...renewed, ...(lastTransitionTime ? { lastTransitionTime } : {}) },
      ];
    } else if (hasTimedOut(current, deadlineMs, now))
      conditions = withCondition(conditions, progressing("False", reasons.timedOut, "has timed out progressing."), now);
  }
  return { ...counted, conditions: withReplicaFailure(conditions, all, fresh) };
}

/** Passes on why a ReplicaSet cannot make or remove pods, the new one's trouble first. */
function withReplicaFailure(conditions: Conditions, all: readonly Sized[], fresh: Sized | undefined) {
  const rest = without(conditions, "ReplicaFailure");
  for (const { set } of fresh ? [fresh, ...all] : all) {
    const failure = set.status.conditions?.find((c) => c.type === "ReplicaFailure");
    if (!failure) continue;
    const { status, reason = "", message = "", lastTransitionTime } = failure;
    const times = lastTransitionTime ? { lastTransitionTime, lastUpdateTime: lastTransitionTime } : {};
    const current = conditionOf(conditions, "ReplicaFailure");
    const kept = current?.status === status && current.reason === reason;
    return [...rest, kept ? current : { type: "ReplicaFailure", status, reason, message, ...times }];
  }
  return rest;
}

/** When to look again whether the progress deadline has passed; undefined when nothing is waited for. */
export function deadlineCheckMs(deployment: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const deadlineMs = progressDeadlineMs(deployment);
  const current = conditionOf(status.conditions, "Progressing");
  if (deadlineMs === undefined || !current || deployment.spec.paused) return undefined;
  if (isComplete(deployment, status) || current.reason === reasons.timedOut) return undefined;
  const after = parseTime(current.lastUpdateTime ?? formatTime(0)) + deadlineMs - now;
  return Math.max(after, 0) + 1000;
}
