// The plugins in the order in which they are asked.
import type { AnyPlugin } from "#scheduler/framework.ts";
import { balancedAllocation } from "#scheduler/plugins/balanced-allocation.ts";
import { imageLocality } from "#scheduler/plugins/image-locality.ts";
import { nodeAffinity } from "#scheduler/plugins/node-affinity.ts";
import { nodeName } from "#scheduler/plugins/node-name.ts";
import { nodePorts } from "#scheduler/plugins/node-ports.ts";
import { nodeResourcesFit } from "#scheduler/plugins/node-resources-fit.ts";
import { nodeUnschedulable } from "#scheduler/plugins/node-unschedulable.ts";
import { schedulingGates } from "#scheduler/plugins/scheduling-gates.ts";
import { taintToleration } from "#scheduler/plugins/taint-toleration.ts";

export const decisionPlugins: readonly AnyPlugin[] = [
  schedulingGates,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  balancedAllocation,
  imageLocality,
];
