// The node agent's own metrics, under upstream's names: what it runs at the moment, counted when somebody looks.
import { Metrics, type Sample } from "#base/metrics.ts";
import type { Pod } from "#node/pod/types.ts";

const states = ["waiting", "running", "terminated"] as const;
/** Upstream's names of the states of a container. */
const shown = { waiting: "created", running: "running", terminated: "exited" } as const;

export function createAgentMetrics(nodeName: string, pods: () => readonly Pod[]): Metrics {
  const metrics = new Metrics();
  metrics.observed("kubelet_node_name", "The node's name; always 1.", () => [{ labels: { node: nodeName }, value: 1 }]);
  metrics.observed("kubelet_desired_pods", "Pods that this node should run.", () => [
    { labels: { static: "" }, value: pods().length },
  ]);
  metrics.observed("kubelet_running_pods", "Pods of which a container runs.", () => [
    { labels: {}, value: pods().filter((pod) => statesOf(pod).includes("running")).length },
  ]);
  metrics.observed("kubelet_running_containers", "Containers by their state.", () => containerSamples(pods()));
  return metrics;
}
type State = (typeof states)[number];
function statesOf({ status }: Pod): State[] {
  const all = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return all.flatMap(({ state }) => states.find((name) => state?.[name] !== undefined) ?? []);
}
function containerSamples(pods: readonly Pod[]): Sample[] {
  const all = pods.flatMap(statesOf);
  return states
    .map((state) => ({ labels: { container_state: shown[state] }, value: all.filter((s) => s === state).length }))
    .filter(({ value }) => value > 0);
}
