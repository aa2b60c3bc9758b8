// Priority: the class a pod names, or the default one, gives its number; and only one class is the default.
import { Pod } from "#api/core/pod.ts";
import { PriorityClass } from "#api/scheduling/priority-class.ts";
import type { Draft } from "#api/schema.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";
import { refuse } from "./refuse.ts";

type PreemptionPolicy = NonNullable<PriorityClass["preemptionPolicy"]>;

/** Of several defaults the lowest counts, so that a mistake raises nobody. */
export function defaultPriorityClass(registry: Registry): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const candidate of registry.list(PriorityClass))
    if (candidate.globalDefault && (!lowest || (candidate.value ?? 0) < (lowest.value ?? 0))) lowest = candidate;
  return lowest;
}

function admitPod(registry: Registry, request: AdmissionRequest): void {
  const pod = request.object as Draft<Pod>;
  const spec = (pod.spec ??= {});
  const chosen = spec.priorityClassName
    ? registry.get(PriorityClass, spec.priorityClassName)
    : defaultPriorityClass(registry);
  if (spec.priorityClassName && !chosen)
    throw refuse(request, `no PriorityClass with name ${spec.priorityClassName} was found`);
  const value = chosen?.value ?? 0;
  const policy: PreemptionPolicy = chosen?.preemptionPolicy ?? "PreemptLowerPriority";
  if (spec.priority !== undefined && spec.priority !== value)
    throw refuse(
      request,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission ` +
        `controller computed ${value} from the given PriorityClass name`,
    );
  if (spec.preemptionPolicy && spec.preemptionPolicy !== policy)
    throw refuse(
      request,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority ` +
        `admission controller computed ${policy} from the given PriorityClass name`,
    );
  if (chosen) spec.priorityClassName = chosen.metadata.name!;
  spec.priority = value;
  spec.preemptionPolicy = policy;
}

export function priority(registry: Registry): AdmissionPlugin {
  const isPod = ({ of, operation }: AdmissionRequest): boolean => of === Pod && operation === "CREATE";
  return {
    name: "Priority",
    concerns: (request) =>
      request.subresource === "" &&
      (isPod(request) || (request.of === PriorityClass && request.operation !== "DELETE")),
    admit(request) {
      if (isPod(request)) admitPod(registry, request);
    },
    validate(request) {
      if (request.of !== PriorityClass) return;
      const asked = request.object as Draft<PriorityClass>;
      const current = asked.globalDefault ? defaultPriorityClass(registry) : undefined;
      if (!current || current.metadata.name === asked.metadata?.name) return;
      const name = current.metadata.name!;
      throw refuse(request, `PriorityClass ${name} is already marked as default. Only one default can exist`);
    },
  };
}
