// Groups of pods: they get a priority from their class, are kept while pods belong to them, and come from a workload
// that is there. Their kind is off by default and is known by name only, so that nothing of it is loaded.
import type { KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { PriorityClass } from "#api/scheduling/priority-class.ts";
import type { FeatureGates } from "#server/features/feature-gates.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";
import { defaultPriorityClass } from "./priority.ts";
import { refuse } from "./refuse.ts";

const group = "scheduling.k8s.io";
const finalizer = "scheduling.k8s.io/podgroup-protection";
interface PodGroup extends KubeObject {
  readonly spec: {
    readonly priorityClassName?: string;
    readonly priority?: number;
    readonly podGroupTemplateRef?: {
      readonly workload?: { readonly workloadName: string; readonly podGroupTemplateName: string };
    };
  };
}
interface Workload extends KubeObject {
  readonly spec: { readonly podGroupTemplates: readonly { readonly name: string }[] };
}
const isNew = ({ of, operation, subresource }: AdmissionRequest): boolean =>
  of.group === group && of.plural === "podgroups" && operation === "CREATE" && subresource === "";

export const podGroupPriority = (registry: Registry, gates: FeatureGates): AdmissionPlugin => ({
  name: "PodGroupPriority",
  concerns: (request) => isNew(request) && gates.isOn("WorkloadAwarePreemption"),
  admit(request) {
    const { spec = {} } = request.object as Draft<PodGroup>;
    const { priorityClassName: name, priority } = spec;
    const chosen = name ? registry.get(PriorityClass, name) : defaultPriorityClass(registry);
    if (name && !chosen) throw refuse(request, `no PriorityClass with name ${name} was found`);
    const value = chosen?.value ?? 0;
    if (priority !== undefined && priority !== value) {
      const given = `priority set in the pod group (${priority})`;
      const text = "based on the priority class set in the spec";
      throw refuse(request, `${given} must match the priority computed (${value}) ${text}`);
    }
    spec.priority = value;
    if (chosen) spec.priorityClassName = chosen.metadata.name!;
  },
});

export const podGroupProtection: AdmissionPlugin = {
  name: "PodGroupProtection",
  concerns: isNew,
  admit(request) {
    const meta = (request.object!.metadata ??= {});
    if (!meta.finalizers?.includes(finalizer)) meta.finalizers = [...(meta.finalizers ?? []), finalizer];
  },
};

export const podGroupWorkloadExists = (registry: Registry): AdmissionPlugin => ({
  name: "PodGroupWorkloadExists",
  concerns: isNew,
  validate(request) {
    const { spec } = request.object as unknown as PodGroup;
    const wanted = spec.podGroupTemplateRef?.workload;
    if (!wanted) return;
    const { workloadName, podGroupTemplateName: template } = wanted;
    const no = (why: string): never => {
      throw refuse(request, `PodGroup rejected: ${why}`);
    };
    const served = registry.ofResource(group, "workloads");
    const stored = served?.cache.get(served.key(request.namespace, workloadName));
    if (!stored) return no(`Workload ${JSON.stringify(workloadName)} not found`);
    const workload = served!.show(stored) as Workload;
    if (workload.metadata.deletionTimestamp) no(`Workload ${JSON.stringify(workloadName)} is being deleted`);
    if (!workload.spec.podGroupTemplates.some(({ name }) => name === template))
      no(`PodGroupTemplate ${JSON.stringify(template)} not found in Workload ${JSON.stringify(workloadName)}`);
  },
});
