// Host ports: two pods of a node cannot have the same port, protocol and address.
import type { Pod } from "#api/core/pod.ts";
import { curable, type SchedulerPlugin } from "#scheduler/framework.ts";
import { PodFacts } from "#scheduler/pod-facts.ts";

const taken = curable("node(s) didn't have free ports for the requested pod ports");
const hadPortOf = (pod: PodFacts, gone: Pod | undefined): boolean =>
  gone !== undefined && new PodFacts(gone).ports.some((p) => pod.ports.some((q) => p.port === q.port));

export const nodePorts: SchedulerPlugin = {
  name: "NodePorts",
  wakeOn: {
    assignedPod: (pod, { object, old }) => !object && hadPortOf(pod, old),
    node: (_pod, { old }) => !old,
  },
  prepare: (pod) => (pod.ports.length > 0 ? { type: "ready", state: undefined } : { type: "skip" }),
  filter: (pod, node) => (pod.ports.some((port) => node.hasPort(port)) ? taken : undefined),
};
