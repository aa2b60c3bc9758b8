// Cordoned nodes take only pods that tolerate it, as those of DaemonSets do.
import type { Taint } from "#api/core/schema/node-selector.ts";
import { toleratesTaint } from "#api/core/taints.ts";
import { incurable, type SchedulerPlugin } from "#scheduler/framework.ts";

const cordoned = incurable("node(s) were unschedulable");
const taint: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

export const nodeUnschedulable: SchedulerPlugin = {
  name: "NodeUnschedulable",
  wakeOn: {
    node: (_pod, { object, old }) => object?.spec.unschedulable !== true && (!old || old.spec.unschedulable === true),
  },
  filter: (pod, { node }) =>
    node!.spec.unschedulable && !toleratesTaint(pod.tolerations, taint) ? cordoned : undefined,
};
