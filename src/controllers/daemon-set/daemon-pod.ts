// The pods of a DaemonSet: bound to their node by affinity, so that the scheduler places them, and tolerating what a
// node may suffer.
import { DaemonSet } from "#api/apps/daemon-set.ts";
import { requiredNodes } from "#api/core/node-affinity.ts";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import type { Toleration } from "#api/core/schema/node-selector.ts";
import { firstUntolerated } from "#api/core/taints.ts";
import { deepEqual } from "#api/json.ts";
import type { Given } from "#api/schema.ts";
import { controllerReference } from "#reconcile/owner-references.ts";
import { podFromTemplate } from "#controllers/pods/pod-control.ts";
import { podRevisionLabel } from "#controllers/revisions.ts";

const suffered: readonly (readonly [name: string, effect: "NoExecute" | "NoSchedule"])[] = [
  ["not-ready", "NoExecute"],
  ["unreachable", "NoExecute"],
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["pid-pressure", "NoSchedule"],
  ["unschedulable", "NoSchedule"],
];
function tolerationsOf({ spec }: PodTemplateSpec): Toleration[] {
  const names = spec.hostNetwork ? [...suffered, ["network-unavailable", "NoSchedule"] as const] : suffered;
  const own = spec.tolerations ?? [];
  const added = names
    .map(([name, effect]): Toleration => ({ key: `node.kubernetes.io/${name}`, operator: "Exists", effect }))
    .filter((t) => !own.some((o) => deepEqual(o, t)));
  return [...own, ...added];
}
const nodeField = "metadata.name";

export function daemonPod(set: DaemonSet, template: PodTemplateSpec, hash: string, node: string): Given<Pod> {
  const pod = podFromTemplate(template, set, controllerReference(DaemonSet, set));
  const { affinity } = template.spec;
  const { requiredDuringSchedulingIgnoredDuringExecution: _, ...preferred } = { ...affinity?.nodeAffinity };
  const nodeSelectorTerms = [{ matchFields: [{ key: nodeField, operator: "In" as const, values: [node] }] }];
  const nodeAffinity = { ...preferred, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...template.metadata.labels, [podRevisionLabel]: hash } },
    spec: { ...template.spec, tolerations: tolerationsOf(template), affinity: { ...affinity, nodeAffinity } },
  };
}

/** The node a pod is on, or is meant for. */
export function nodeOf(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? [])
    for (const field of term.matchFields ?? [])
      if (field.key === nodeField && field.operator === "In" && field.values?.length === 1) return field.values[0];
  return undefined;
}

/** `runs`: a pod belongs there; `stays`: one that is there may stay. */
export function eligibility(set: DaemonSet, node: Node): { readonly runs: boolean; readonly stays: boolean } {
  const { template } = set.spec;
  const name = node.metadata.name!;
  if (template.spec.nodeName && template.spec.nodeName !== name) return { runs: false, stays: false };
  const matches = requiredNodes({ spec: template.spec } as Pod);
  if (matches && !matches(node.metadata.labels ?? {}, name)) return { runs: false, stays: false };
  const tolerations = tolerationsOf(template);
  const taints = (effects: readonly string[]) => (node.spec.taints ?? []).filter((t) => effects.includes(t.effect));
  if (!firstUntolerated(tolerations, taints(["NoSchedule", "NoExecute"]))) return { runs: true, stays: true };
  return { runs: false, stays: firstUntolerated(tolerations, taints(["NoExecute"])) === undefined };
}
