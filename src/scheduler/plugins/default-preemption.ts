// Makes room for a pod by evicting less important ones: as few, as unimportant and as little protected by disruption
// budgets as possible. The pod is then nominated to the node and waits outside the queue until the victims are told.
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { matchesLabels } from "#api/selectors.ts";
import { formatTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";
import {
  curable,
  incurable,
  type Attempt,
  type Failure,
  type SchedulerPlugin,
  type Verdict,
} from "#scheduler/framework.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import { failureMessage } from "#scheduler/schedule-one.ts";

export interface PreemptionParts {
  readonly client: Client;
  readonly events: EventRecorder;
  readonly budgets: (namespace: string) => readonly PodDisruptionBudget[];
  readonly clock: Clock;
  readonly random: Random;
  readonly schedulerName: string;
}
export interface Candidate {
  readonly node: NodeState;
  /** The most important first. */
  readonly victims: readonly PodFacts[];
  /** Victims that a disruption budget protects. */
  readonly violations: number;
}
const notHelpful = incurable("Preemption is not helpful for scheduling");
const noVictims = curable("No preemption victims found for incoming pod");
const leastCandidates = 100;

export function createDefaultPreemption(parts: PreemptionParts): SchedulerPlugin {
  const acting = new Set<string>();
  return {
    name: "DefaultPreemption",
    gate: (pod) => (acting.has(pod.uid) ? "waiting for the pods it replaces to be told" : undefined),
    whenNoneFit(pod, failure, attempt) {
      const ineligible = whyNotEligible(pod, failure, attempt);
      if (ineligible) return { message: `preemption: ${ineligible}` };
      const { candidates, verdicts } = findCandidates(pod, failure, attempt, parts);
      const best = bestCandidate(candidates);
      if (!best) {
        const { totalNodes } = failure;
        const message = failureMessage({ totalNodes, verdicts, plugins: new Set(), ...leftOutOf(failure) });
        return { message: `preemption: ${message}`, nominate: null };
      }
      acting.add(pod.uid);
      const act = (signal: AbortSignal): Promise<void> =>
        evictAll(pod, best, parts, signal).finally(() => acting.delete(pod.uid));
      return { message: "", nominate: best.node.name, act };
    },
  };
}
const leftOutOf = ({ leftOut, rejected, totalNodes }: Failure): Pick<Failure, "leftOut"> =>
  leftOut
    ? { leftOut: { count: leftOut.count, verdict: notHelpful } }
    : rejected
      ? { leftOut: { count: totalNodes, verdict: notHelpful } }
      : {};

function whyNotEligible(pod: PodFacts, failure: Failure, { snapshot }: Attempt): string | undefined {
  if (pod.pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const nominated = snapshot.nominationOf(pod.uid);
  const node = nominated === undefined ? undefined : snapshot.node(nominated);
  if (!node || failure.verdicts.get(node)?.curable === false) return undefined;
  for (const other of node.pods.values())
    if (other.priority < pod.priority && other.pod.metadata.deletionTimestamp)
      return "not eligible due to a terminating pod on the nominated node.";
  return undefined;
}

function findCandidates(pod: PodFacts, failure: Failure, attempt: Attempt, parts: PreemptionParts) {
  const verdicts = new Map<NodeState, Verdict>();
  const nodes: NodeState[] = [];
  for (const [node, verdict] of failure.verdicts) {
    if (verdict.curable) nodes.push(node);
    else verdicts.set(node, notHelpful);
  }
  const enough = Math.max(leastCandidates, Math.floor(nodes.length / 10));
  const start = Math.floor(parts.random.next() * nodes.length);
  const candidates: Candidate[] = [];
  for (let i = 0; i < nodes.length && candidates.length < enough; i++) {
    const node = nodes[(start + i) % nodes.length]!;
    const found = chooseVictims(pod, node, attempt, parts.budgets);
    if ("reasons" in found) verdicts.set(node, found);
    else candidates.push(found);
  }
  return { candidates, verdicts };
}

const moreImportant = (a: PodFacts, b: PodFacts): number => b.priority - a.priority || a.startedAt - b.startedAt;

/** The pods of a node that must go: all less important ones are taken away in thought, then put back one by one. */
export function chooseVictims(
  pod: PodFacts,
  node: NodeState,
  attempt: Attempt,
  budgets: PreemptionParts["budgets"],
): Candidate | Verdict {
  const lesser = [...node.pods.values()].filter((other) => other.priority < pod.priority).toSorted(moreImportant);
  if (lesser.length === 0) return noVictims;
  const trial = attempt.tryOut(node);
  for (const other of lesser) trial.remove(other);
  for (const other of attempt.snapshot.nominatedTo(node.name))
    if (other.uid !== pod.uid && other.priority >= pod.priority) trial.add(other);
  const refusal = trial.refusal();
  if (refusal) return refusal;
  const isProtected = protection(lesser, budgets);
  const victims: PodFacts[] = [];
  let violations = 0;
  const keepIfPossible = (other: PodFacts): boolean => {
    trial.add(other);
    if (!trial.refusal()) return true;
    trial.remove(other);
    victims.push(other);
    return false;
  };
  for (const other of lesser.filter((p) => isProtected.has(p))) if (!keepIfPossible(other)) violations++;
  for (const other of lesser.filter((p) => !isProtected.has(p))) keepIfPossible(other);
  return { node, victims: victims.toSorted(moreImportant), violations };
}

/** The pods whose eviction, all others gone before, a budget would not allow any more. */
function protection(pods: readonly PodFacts[], budgets: PreemptionParts["budgets"]): ReadonlySet<PodFacts> {
  const allowed = new Map<PodDisruptionBudget, number>();
  const result = new Set<PodFacts>();
  for (const facts of pods) {
    const { namespace = "", name = "", labels } = facts.pod.metadata;
    if (!labels || Object.keys(labels).length === 0) continue;
    for (const budget of budgets(namespace)) {
      const { selector } = budget.spec;
      const isEmpty = !selector?.matchExpressions?.length && Object.keys(selector?.matchLabels ?? {}).length === 0;
      if (isEmpty || !matchesLabels(selector, labels) || budget.status.disruptedPods?.[name]) continue;
      const left = (allowed.get(budget) ?? budget.status.disruptionsAllowed ?? 0) - 1;
      allowed.set(budget, left);
      if (left < 0) result.add(facts);
    }
  }
  return result;
}

/** Fewest violations, then the least important victims, then the fewest, then those that started last. */
export function bestCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  const highest = (c: Candidate): number => c.victims[0]?.priority ?? -Infinity;
  // Counted from the lowest possible priority, so that fewer victims never weigh more.
  const sum = (c: Candidate): number => c.victims.reduce((n, v) => n + v.priority + 2 ** 31, 0);
  const earliest = (c: Candidate): number =>
    Math.min(...c.victims.filter((v) => v.priority === highest(c)).map((v) => v.startedAt));
  return candidates.toSorted(
    (a, b) =>
      Number(a.victims.length > 0) - Number(b.victims.length > 0) ||
      a.violations - b.violations ||
      highest(a) - highest(b) ||
      sum(a) - sum(b) ||
      a.victims.length - b.victims.length ||
      earliest(b) - earliest(a),
  )[0];
}

async function evictAll(
  pod: PodFacts,
  { node, victims }: Candidate,
  parts: PreemptionParts,
  signal: AbortSignal,
): Promise<void> {
  const outcomes = await Promise.allSettled(victims.map((victim) => evict(pod, victim, node, parts, signal)));
  const failed = outcomes.find((o) => o.status === "rejected");
  if (failed) throw failed.reason as Error;
}
async function evict(pod: PodFacts, victim: PodFacts, node: NodeState, parts: PreemptionParts, signal: AbortSignal) {
  const { name = "", namespace = "", uid } = victim.pod.metadata;
  if (victim.pod.metadata.deletionTimestamp) return;
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "PreemptionByScheduler",
    message: `${parts.schedulerName}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: formatTime(parts.clock.now()),
  };
  const patch = { metadata: { uid }, status: { conditions: [condition] } };
  try {
    await parts.client.patch(Pod, { name, namespace }, { type: "strategic", patch }, { subresource: "status", signal });
    await parts.client.delete(Pod, { name, namespace }, { preconditions: { uid: uid! }, signal });
  } catch (error) {
    if (isReason(error, "NotFound", "Conflict")) return;
    throw error;
  }
  parts.events.event(victim.pod, "Normal", "Preempted", `Preempted by pod ${pod.uid} on node ${node.name}`, {
    kind: Pod,
  });
}
