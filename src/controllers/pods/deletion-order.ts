// Which of a controller's pods go first when there are too many. From the top: not yet on a node, pending, not ready,
// cheap by annotation, on a node with more of its kind, ready only lately, restarted often, young.
import type { Pod } from "#api/core/pod.ts";
import { parseTime } from "#api/time.ts";
import { isReady, readySince } from "#controllers/pods/pod-state.ts";

const costAnnotation = "controller.kubernetes.io/pod-deletion-cost";

export interface DeletionFacts {
  /** How many related active pods are on the pod's node. */
  readonly neighbours: number;
  readonly now: number;
}

export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[costAnnotation];
  if (text === undefined || !/^(?:0|-?[1-9]\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost : 0;
}
const phaseRank = (pod: Pod): number => (pod.status.phase === "Running" ? 2 : pod.status.phase === "Unknown" ? 1 : 0);

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status.containerStatuses ?? []).map((c) => c.restartCount));
}
/** Ages are compared by powers of two, so that among pods of about one age chance decides and not the age. */
function ageRank(since: number, now: number): number {
  const age = now - since;
  return age <= 0 ? -1 : Math.trunc(Math.log2(age * 1e6));
}
const createdAt = (pod: Pod): number =>
  pod.metadata.creationTimestamp === undefined ? 0 : parseTime(pod.metadata.creationTimestamp);
const byUid = (a: Pod, b: Pod): number => (a.metadata.uid! < b.metadata.uid! ? -1 : 1);

/** Negative when a goes before b. */
export function compareForDeletion(a: Pod, b: Pod, neighboursOf: (pod: Pod) => number, now: number): number {
  const assigned = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName));
  if (assigned) return assigned;
  const order =
    phaseRank(a) - phaseRank(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    neighboursOf(b) - neighboursOf(a);
  if (order) return order;
  const [readyA, readyB] = [readySince(a), readySince(b)];
  if (isReady(a) && isReady(b) && readyA !== readyB) {
    if (readyA === undefined) return -1;
    if (readyB === undefined) return 1;
    return ageRank(readyA, now) - ageRank(readyB, now) || byUid(a, b);
  }
  const restarted = restarts(b) - restarts(a);
  if (restarted) return restarted;
  const [createdA, createdB] = [createdAt(a), createdAt(b)];
  return createdA === createdB ? byUid(a, b) : ageRank(createdA, now) - ageRank(createdB, now) || byUid(a, b);
}

/** The `count` pods that go; `related` are the active pods of all sets that share the controller. */
export function choosePodsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, now: number): Pod[] {
  if (count >= pods.length) return [...pods];
  const perNode = new Map<string, number>();
  for (const pod of related)
    if (pod.spec.nodeName) perNode.set(pod.spec.nodeName, (perNode.get(pod.spec.nodeName) ?? 0) + 1);
  const neighboursOf = (pod: Pod): number => perNode.get(pod.spec.nodeName ?? "") ?? 0;
  return pods.toSorted((a, b) => compareForDeletion(a, b, neighboursOf, now)).slice(0, count);
}
