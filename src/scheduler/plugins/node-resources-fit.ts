// Whether a node has room for what a pod asks, and a liking for the nodes that have the most room left.
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { SchedulerPlugin, Verdict } from "#scheduler/framework.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";
import { podLimitOf, podRequests, resourcesOf, type Resources } from "#scheduler/resources.ts";

const tooManyPods = "Too many pods";
const known = new Map<string, Verdict>();
/** Failing nodes share their verdicts: a full cluster has thousands of the same. */
function verdict(reasons: readonly string[], curable: boolean): Verdict {
  const id = `${reasons.join("|")}|${curable}`;
  let found = known.get(id);
  if (!found) known.set(id, (found = { reasons, curable }));
  return found;
}

export function refusal(pod: PodFacts, node: NodeState): Verdict | undefined {
  const { requests } = pod;
  const { allocatable, requested } = node;
  let reasons: string[] | undefined;
  let curable = true;
  const check = (name: string, wanted: number, used: number, total: number): void => {
    if (wanted === 0 || wanted <= total - used) return;
    (reasons ??= []).push(`Insufficient ${name}`);
    if (wanted > total) curable = false;
  };
  if (node.pods.size + 1 > node.podLimit) reasons = [tooManyPods];
  check("cpu", requests.milliCpu, requested.milliCpu, allocatable.milliCpu);
  check("memory", requests.memory, requested.memory, allocatable.memory);
  check("ephemeral-storage", requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  if (requests.others)
    for (const [name, wanted] of requests.others)
      check(name, wanted, requested.others?.get(name) ?? 0, allocatable.others?.get(name) ?? 0);
  return reasons && verdict(reasons, curable);
}

const exceeds = (a: Resources, b: Resources): boolean =>
  a.milliCpu > b.milliCpu ||
  a.memory > b.memory ||
  a.ephemeralStorage > b.ephemeralStorage ||
  [...(a.others ?? [])].some(([name, amount]) => amount > (b.others?.get(name) ?? 0));
const couldHold = (pod: PodFacts, node: Node): boolean => !exceeds(pod.requests, resourcesOf(node.status.allocatable));
const grew = (node: Node, old: Node): boolean =>
  exceeds(resourcesOf(node.status.allocatable), resourcesOf(old.status.allocatable)) ||
  podLimitOf(node.status.allocatable) > podLimitOf(old.status.allocatable);
const freed = (pod: Pod | undefined, old: Pod | undefined): boolean =>
  old !== undefined && (!pod || (pod.spec !== old.spec && exceeds(podRequests(old), podRequests(pod))));

/** 0 to 100: the share of the node's CPU and memory that stays free with the pod on it. */
export function leastAllocated(pod: PodFacts, node: NodeState): number {
  const { scoredRequests: wanted } = pod;
  const { allocatable, scoredRequested: used } = node;
  let points = 0;
  let parts = 0;
  if (allocatable.milliCpu > 0) {
    const left = allocatable.milliCpu - used.milliCpu - wanted.milliCpu;
    if (left > 0) points += Math.floor((left * 100) / allocatable.milliCpu);
    parts++;
  }
  if (allocatable.memory > 0) {
    const left = allocatable.memory - used.memory - wanted.memory;
    if (left > 0) points += Math.floor((left * 100) / allocatable.memory);
    parts++;
  }
  return parts === 0 ? 0 : Math.floor(points / parts);
}

export const nodeResourcesFit: SchedulerPlugin<undefined, true> = {
  name: "NodeResourcesFit",
  wakeOn: {
    assignedPod: (_pod, { object, old }) => freed(object, old),
    node: (pod, { object, old }) => object !== undefined && couldHold(pod, object) && (!old || grew(object, old)),
  },
  filter: refusal,
  score: { weight: 1, prepare: () => true, score: leastAllocated },
};
