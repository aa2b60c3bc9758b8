// RuntimeClass: what a pod's runtime class costs and where it runs.
import { Pod } from "#api/core/pod.ts";
import { RuntimeClass } from "#api/node/runtime-class.ts";
import { deepEqual } from "#api/json.ts";
import type { Draft } from "#api/schema.ts";
import type { Registry } from "#server/registry.ts";
import { concernsOnly, type AdmissionPlugin, type AdmissionRequest } from "./admission.ts";
import { refuse } from "./refuse.ts";

type PodSpec = NonNullable<Draft<Pod>["spec"]>;

function applyClass(request: AdmissionRequest, spec: PodSpec, chosen: RuntimeClass): void {
  const overhead = chosen.overhead?.podFixed;
  if (spec.overhead && Object.keys(spec.overhead).length > 0 && !deepEqual(spec.overhead, overhead ?? {}))
    throw refuse(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  if (overhead) spec.overhead = { ...overhead };
  const { nodeSelector = {}, tolerations = [] } = chosen.scheduling ?? {};
  for (const [key, value] of Object.entries(nodeSelector)) {
    const given = spec.nodeSelector?.[key];
    if (given !== undefined && given !== value)
      throw refuse(
        request,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`,
      );
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  const added = tolerations.filter((t) => !spec.tolerations?.some((given) => deepEqual(given, t)));
  if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added.map((t) => ({ ...t }))];
}

export const runtimeClass = (registry: Registry): AdmissionPlugin => ({
  name: "RuntimeClass",
  concerns: concernsOnly(Pod, "CREATE"),
  admit(request) {
    const spec = ((request.object as Draft<Pod>).spec ??= {});
    const name = spec.runtimeClassName;
    if (!name) {
      if (spec.overhead && Object.keys(spec.overhead).length > 0)
        throw refuse(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
      return;
    }
    const chosen = registry.get(RuntimeClass, name);
    if (!chosen) throw refuse(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
    applyClass(request, spec, chosen);
  },
});
