// The arithmetic of a rollout: how far the pod count may move, and how a change of size is shared out among the
// ReplicaSets of a rollout under way.
import type { Deployment } from "#api/apps/deployment.ts";
import type { ReplicaSet } from "#api/apps/replica-set.ts";
import { resolveIntOrPercent } from "#controllers/int-or-percent.ts";
import { byCreation, maxReplicasOf } from "#controllers/deployment/revision.ts";

/** A ReplicaSet and the size that is planned for it. */
export interface Sized {
  readonly set: ReplicaSet;
  replicas: number;
}
export const wantedReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1;
export const isRollingUpdate = (deployment: Deployment): boolean => deployment.spec.strategy.type !== "Recreate";

function limits(deployment: Deployment): { surge: number; unavailable: number } {
  const wanted = wantedReplicas(deployment);
  const { maxSurge, maxUnavailable } = deployment.spec.strategy.rollingUpdate ?? {};
  const surge = resolveIntOrPercent(maxSurge, wanted, "up");
  const unavailable = resolveIntOrPercent(maxUnavailable, wanted, "down");
  // Upstream: percentages may both round to nothing, and then one pod may be missing, or nothing could ever move.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}
export const maxSurge = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? limits(deployment).surge : 0;
export function maxUnavailable(deployment: Deployment): number {
  const wanted = wantedReplicas(deployment);
  return isRollingUpdate(deployment) && wanted > 0 ? Math.min(limits(deployment).unavailable, wanted) : 0;
}

export const total = (sets: readonly Sized[]): number => sets.reduce((sum, s) => sum + s.replicas, 0);
export const totalAvailable = (sets: readonly Sized[]): number =>
  sets.reduce((sum, s) => sum + (s.set.status.availableReplicas ?? 0), 0);

/** The size to which the new ReplicaSet may grow now. */
export function sizeOfNew(deployment: Deployment, all: readonly Sized[], present: number): number {
  const wanted = wantedReplicas(deployment);
  if (!isRollingUpdate(deployment)) return wanted;
  const room = wanted + maxSurge(deployment) - total(all);
  return room <= 0 ? present : present + Math.min(room, wanted - present);
}

/**
 * Shrinks the old ReplicaSets as far as availability allows: first their pods that are not available, then others,
 * the oldest set first.
 */
export function shrinkOld(deployment: Deployment, old: readonly Sized[], fresh: Sized | undefined): void {
  const all = fresh ? [...old, fresh] : old;
  const minAvailable = wantedReplicas(deployment) - maxUnavailable(deployment);
  const freshUnavailable = fresh ? fresh.replicas - (fresh.set.status.availableReplicas ?? 0) : 0;
  let mayGo = total(all) - minAvailable - freshUnavailable;
  if (mayGo <= 0) return;
  const oldestFirst = [...old].filter((s) => s.replicas > 0).sort((a, b) => byCreation(a.set, b.set));
  for (const sized of oldestFirst) {
    const unavailable = sized.replicas - (sized.set.status.availableReplicas ?? 0);
    const go = Math.max(0, Math.min(mayGo, unavailable));
    sized.replicas -= go;
    mayGo -= go;
  }
  let spare = totalAvailable(all) - minAvailable;
  for (const sized of oldestFirst) {
    const go = Math.max(0, Math.min(sized.replicas, spare));
    sized.replicas -= go;
    spare -= go;
  }
}

/** Shares a change of the Deployment's size out among several active ReplicaSets in proportion to their sizes. */
export function scaleInProportion(deployment: Deployment, active: readonly Sized[]): void {
  const wanted = wantedReplicas(deployment);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const change = allowed - total(active);
  if (change === 0) return;
  const largestFirst = [...active].sort(
    (a, b) => b.replicas - a.replicas || (change > 0 ? byCreation(b.set, a.set) : byCreation(a.set, b.set)),
  );
  let given = 0;
  for (const sized of largestFirst) {
    const share = shareOf(sized, deployment, wanted);
    const left = change - given;
    const part = sized.replicas === 0 ? 0 : change > 0 ? Math.min(share, left) : Math.max(share, left);
    sized.replicas += part;
    given += part;
  }
  const largest = largestFirst[0];
  if (largest) largest.replicas = Math.max(0, largest.replicas + change - given);
}
function shareOf({ set, replicas }: Sized, deployment: Deployment, wanted: number): number {
  if (wanted === 0) return -replicas;
  const before = maxReplicasOf(set) || deployment.status.replicas || replicas;
  return roundHalfAway((replicas * (wanted + maxSurge(deployment))) / before) - replicas;
}
const roundHalfAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));
