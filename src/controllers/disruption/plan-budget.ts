// How many pods of a disruption budget may be evicted now.
import type { Pod } from "#api/core/pod.ts";
import type { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import type { PodDisruptionBudgetStatus } from "#api/policy/schema.ts";
import { formatTime, parseTime } from "#api/time.ts";
import { resolveIntOrPercent } from "#controllers/int-or-percent.ts";
import { isReady } from "#controllers/pods/pod-state.ts";

/** An eviction that was granted but not seen within this time is taken to have come to nothing. */
const grantedForMs = 120_000;

export interface BudgetFacts {
  readonly budget: PodDisruptionBudget;
  readonly pods: readonly Pod[];
  /** Wanted pods of the controllers behind them, each controller once. */
  readonly wantedByControllers: number;
  readonly now: number;
}
export interface BudgetPlan {
  readonly status: PodDisruptionBudgetStatus;
  /** When a granted eviction stops counting. */
  readonly againInMs?: number;
}

export function planBudget({ budget, pods, wantedByControllers, now }: BudgetFacts): BudgetPlan {
  const { desiredHealthy, expectedPods } = wanted(budget, pods.length, wantedByControllers);
  const disruptedPods: Record<string, string> = {};
  let againInMs: number | undefined;
  for (const pod of pods) {
    const name = pod.metadata.name!;
    const granted = budget.status.disruptedPods?.[name];
    if (granted === undefined || pod.metadata.deletionTimestamp) continue;
    const left = parseTime(granted) + grantedForMs - now;
    if (left <= 0) continue;
    disruptedPods[name] = granted;
    againInMs = Math.min(againInMs ?? Infinity, left);
  }
  const currentHealthy = pods.filter(
    (pod) => !pod.metadata.deletionTimestamp && !Object.hasOwn(disruptedPods, pod.metadata.name!) && isReady(pod),
  ).length;
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const allowed = disruptionsAllowed > 0;
  const status = {
    observedGeneration: budget.metadata.generation ?? 0,
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
    conditions: withAllowed(budget, allowed, allowed ? "SufficientPods" : "InsufficientPods", "", now),
  };
  return { status, ...(againInMs === undefined ? {} : { againInMs }) };
}
function wanted({ spec }: PodDisruptionBudget, pods: number, byControllers: number) {
  if (spec.maxUnavailable !== undefined) {
    const unavailable = resolveIntOrPercent(spec.maxUnavailable, byControllers, "up");
    return { expectedPods: byControllers, desiredHealthy: Math.max(0, byControllers - unavailable) };
  }
  const { minAvailable } = spec;
  if (typeof minAvailable === "number") return { expectedPods: pods, desiredHealthy: minAvailable };
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  return { expectedPods: byControllers, desiredHealthy: resolveIntOrPercent(minAvailable, byControllers, "up") };
}

/** Nothing may be evicted while the numbers are not known. */
export const failSafe = (budget: PodDisruptionBudget, message: string, now: number): PodDisruptionBudgetStatus => ({
  ...budget.status,
  disruptionsAllowed: 0,
  conditions: withAllowed(budget, false, "SyncFailed", message, now),
});
function withAllowed(budget: PodDisruptionBudget, allowed: boolean, reason: string, message: string, now: number) {
  const type = "DisruptionAllowed";
  const conditions = budget.status.conditions ?? [];
  const current = conditions.find((c) => c.type === type);
  const status = allowed ? "True" : "False";
  const lastTransitionTime = current?.status === status ? current.lastTransitionTime : formatTime(now);
  const observedGeneration = budget.metadata.generation ?? 0;
  return [
    ...conditions.filter((c) => c !== current),
    { type, status, reason, message, lastTransitionTime, observedGeneration },
  ];
}
