// The plugins in the order in which they are asked.
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { StorageClass } from "#api/storage/storage-class.ts";
import type { AnyPlugin, PluginParts } from "#scheduler/framework.ts";
import { balancedAllocation } from "#scheduler/plugins/balanced-allocation.ts";
import { createDefaultPreemption } from "#scheduler/plugins/default-preemption.ts";
import { imageLocality } from "#scheduler/plugins/image-locality.ts";
import { interPodAffinity } from "#scheduler/plugins/inter-pod-affinity.ts";
import { nodeAffinity } from "#scheduler/plugins/node-affinity.ts";
import { nodeName } from "#scheduler/plugins/node-name.ts";
import { nodePorts } from "#scheduler/plugins/node-ports.ts";
import { nodeResourcesFit } from "#scheduler/plugins/node-resources-fit.ts";
import { nodeUnschedulable } from "#scheduler/plugins/node-unschedulable.ts";
import { podTopologySpread } from "#scheduler/plugins/pod-topology-spread.ts";
import { schedulingGates } from "#scheduler/plugins/scheduling-gates.ts";
import { taintToleration } from "#scheduler/plugins/taint-toleration.ts";
import { createVolumeBinding } from "#scheduler/plugins/volume-binding.ts";

/** Those that decide from the snapshot alone. */
export const decisionPlugins: readonly AnyPlugin[] = [
  schedulingGates,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  podTopologySpread,
  interPodAffinity,
  balancedAllocation,
  imageLocality,
];

/** All of them, for one scheduler. */
export function createPlugins(parts: PluginParts): readonly AnyPlugin[] {
  const { informers } = parts;
  const budgets = informers.informer(PodDisruptionBudget);
  const claims = informers.informer(PersistentVolumeClaim);
  const volumes = informers.informer(PersistentVolume);
  const classes = informers.informer(StorageClass);
  const preemption = createDefaultPreemption({ ...parts, budgets: (namespace) => budgets.list(namespace) });
  const binding = createVolumeBinding({ ...parts, claims, volumes, classes });
  const storage = Promise.all([claims, volumes, classes].map((i) => i.synced)).then(() => undefined);
  return [...decisionPlugins, { ...binding, synced: storage }, { ...preemption, synced: budgets.synced }];
}
