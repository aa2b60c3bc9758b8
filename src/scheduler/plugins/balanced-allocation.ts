// A liking for nodes whose CPU and memory would be used to about the same share.
import type { SchedulerPlugin } from "#scheduler/framework.ts";
import type { NodeState } from "#scheduler/node-state.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";

function balance(pod: PodFacts, { allocatable, requested }: NodeState): number {
  const { requests } = pod;
  if (allocatable.milliCpu === 0 || allocatable.memory === 0) return 100;
  const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu);
  const memory = Math.min(1, (requested.memory + requests.memory) / allocatable.memory);
  return Math.floor(100 * (1 - Math.abs(cpu - memory) / 2));
}

export const balancedAllocation: SchedulerPlugin<undefined, true> = {
  name: "NodeResourcesBalancedAllocation",
  score: {
    weight: 1,
    // Upstream: a pod that asks for nothing is not weighed, or it would undo the spreading by room.
    prepare: ({ requests }) => (requests.milliCpu === 0 && requests.memory === 0 ? undefined : true),
    score: balance,
  },
};
