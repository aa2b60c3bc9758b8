// Rules for the parts of a pod that are written on their own: ephemeral containers, and the resources of a running pod.
import { type FieldError, forbiddenValue, invalidValue } from "#api/field-error.ts";
import type { Draft } from "#api/schema.ts";
import { sameValue } from "#api/meta/checks.ts";
import { valueDiff } from "#api/meta/value-diff.ts";
import type { Container } from "#api/core/schema/container.ts";
import type { Pod, PodSpec } from "#api/core/schema/pod-spec.ts";
import type { ResourceRequirements } from "#api/core/schema/reference.ts";
import { mirrorAnnotation } from "./pod-validation.ts";
import { qosClassOf } from "./qos.ts";

/** They are only ever added. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenValue("", "static pods do not support ephemeral containers")];
  const found: FieldError[] = [];
  const field = "spec.ephemeralContainers";
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = pod.spec.ephemeralContainers?.find((other) => other.name === before.name);
    const which = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`;
    if (!now) found.push(forbiddenValue(field, `${which} removed\n`));
    else if (!sameValue(now, before)) found.push(forbiddenValue(field, `${which} changed\n${valueDiff(before, now)}`));
  }
  return found;
}

const onlyCompute = "only cpu and memory resources are mutable";
export function validateResize(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenValue("", "static pods cannot be resized")];
  if (old.spec.os?.name === "windows") return [forbiddenValue("", "windows pods cannot be resized")];
  const found: FieldError[] = [];
  if ((old.status.qosClass || qosClassOf(old.spec as Draft<PodSpec>)) !== qosClassOf(pod.spec as Draft<PodSpec>))
    found.push(invalidValue("spec", pod.status.qosClass ?? "", "Pod QOS Class may not change as a result of resizing"));
  const running = (old.status.containerStatuses ?? []).find((status) => status.state.running);
  if (running && !running.resources)
    found.push(forbiddenValue("spec", "Pod running on node without support for resize"));
  const podLevel = validatePodLevel(found, pod.spec, old.spec);
  if (old.status.nodeAllocatableResourceClaimStatuses?.length)
    found.push(forbiddenValue("spec", "pods with node allocatable resource claims cannot be resized"));
  if (!sameOrder(found, pod.spec, old.spec)) return found;
  const containers = resizeMain(found, pod.spec, old.spec);
  const initContainers = resizeInit(found, pod.spec, old.spec);
  const rest = { ...pod.spec, containers, initContainers, resources: podLevel };
  if (found.length === 0 && !sameValue(rest, { ...old.spec, initContainers: old.spec.initContainers ?? [] }))
    found.push(forbiddenValue("spec", onlyCompute));
  return found;
}

type Amounts = Readonly<Record<string, string>> | undefined;
/** The amounts with cpu and memory as they were. */
function restoreCompute(now: Amounts, old: Amounts): Record<string, string> {
  const { cpu: _cpu, memory: _memory, ...rest } = now ?? {};
  const { cpu, memory } = old ?? {};
  return { ...rest, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}
const removed = (now: Amounts, old: Amounts): boolean => Object.keys(old ?? {}).some((name) => !(name in (now ?? {})));

function validatePodLevel(found: FieldError[], spec: PodSpec, old: PodSpec): PodSpec["resources"] {
  const { resources: now } = spec;
  const { resources: before } = old;
  if (before && !now) {
    found.push(forbiddenValue("spec.resources", "pod-level resources cannot be removed"));
    return before;
  }
  if (!now) return before;
  for (const part of ["requests", "limits"] as const)
    if (removed(now[part], before?.[part]))
      found.push(forbiddenValue(`spec.resources.${part}`, `pod-level resource ${part} cannot be removed`));
  const restored = restoreAll(now, before);
  if (!sameValue(restored, before ?? {}))
    found.push(forbiddenValue("spec", "only cpu and memory resources are mutable at pod-level"));
  return before;
}
const restoreAll = (now: ResourceRequirements, old: ResourceRequirements | undefined): ResourceRequirements => {
  const limits = restoreCompute(now.limits, old?.limits);
  const requests = restoreCompute(now.requests, old?.requests);
  return {
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(requests).length > 0 && { requests }),
    ...(now.claims && { claims: now.claims }),
  };
};

function sameOrder(found: FieldError[], spec: PodSpec, old: PodSpec): boolean {
  const before = found.length;
  for (const list of ["containers", "initContainers"] as const) {
    const now = spec[list] ?? [];
    const then = old[list] ?? [];
    if (now.length !== then.length)
      found.push(forbiddenValue(`spec.${list}`, `${list} may not be added or removed on resize`));
    else
      for (const [i, container] of then.entries())
        if (now[i]!.name !== container.name)
          found.push(forbiddenValue(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`));
  }
  return found.length === before;
}
function nothingRemoved(found: FieldError[], field: string, now: Container, old: Container): void {
  for (const part of ["requests", "limits"] as const)
    if (removed(now.resources[part], old.resources[part]))
      found.push(forbiddenValue(`${field}.resources.${part}`, `resource ${part} cannot be removed`));
}
/** The container with cpu and memory as they were; claims go, as upstream compares without them. */
function restore(now: Container, old: Container): Container {
  const { claims: _claims, ...resources } = restoreAll(now.resources, old.resources);
  return { ...now, resources };
}
function resizeMain(found: FieldError[], spec: PodSpec, old: PodSpec): Container[] {
  for (const [i, before] of old.containers.entries())
    nothingRemoved(found, `spec.containers[${i}]`, spec.containers[i]!, before);
  return old.containers.map((before, i) => {
    const restored = restore(spec.containers[i]!, before);
    if (!sameValue(restored, before)) found.push(forbiddenValue("spec", onlyCompute));
    return restored;
  });
}
function resizeInit(found: FieldError[], spec: PodSpec, old: PodSpec): Container[] {
  return (old.initContainers ?? []).map((before, i) => {
    const now = spec.initContainers![i]!;
    const field = `spec.initContainers[${i}]`;
    nothingRemoved(found, field, now, before);
    const restored = restore(now, before);
    if (!sameValue(restored, before))
      found.push(forbiddenValue(field, "only cpu and memory resources for init or sidecar containers are mutable"));
    if (now.restartPolicy !== "Always" && !sameValue(now, before))
      for (const { restartPolicy } of now.resizePolicy ?? [])
        if (restartPolicy === "RestartContainer") found.push(forbiddenValue(field, noRestart));
    return restored;
  });
}
const noRestart = "non-sidecar init containers with a resize policy of RestartContainer cannot be resized";
