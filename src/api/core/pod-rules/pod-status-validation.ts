// Rules for the status that a node reports of a pod.
import { type FieldError, forbiddenValue, invalidValue } from "#api/field-error.ts";
import { isDnsSubdomain } from "#api/names.ts";
import { immutable, invalidEach, qualifiedName } from "#api/meta/checks.ts";
import { checkIp, parseIp } from "#api/meta/ip.ts";
import type { Container } from "#api/core/schema/container.ts";
import type { Pod, PodSpec } from "#api/core/schema/pod-spec.ts";
import type { ContainerStatus, PodStatus } from "#api/core/schema/pod-status.ts";
import { validateAnnotationUpdate } from "./pod-update.ts";

const systemConditions = new Set(["PodScheduled", "Ready", "Initialized"]);

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const found: FieldError[] = [];
  const { status } = pod;
  validateAnnotationUpdate(found, "metadata.annotations", pod, old);
  for (const [i, { type, observedGeneration = 0 }] of (status.conditions ?? []).entries()) {
    notNegative(found, `status.conditions[${i}].observedGeneration`, observedGeneration);
    if (!systemConditions.has(type)) qualifiedName(found, `status.conditions[${i}].Type`, type);
  }
  if ((pod.spec.nodeName ?? "") !== (old.spec.nodeName ?? ""))
    found.push(forbiddenValue("status.nodeName", "may not be changed directly"));
  validateNominatedNode(found, "status.nominatedNodeName", status, old);
  notNegative(found, "status.observedGeneration", status.observedGeneration ?? 0);
  immutable(found, "status.qosClass", status.qosClass ?? "", old.status.qosClass ?? "");
  validateTransitions(found, status, old);
  validateAddresses(found, status);
  return found;
}
function notNegative(found: FieldError[], field: string, value: number): void {
  if (value < 0) found.push(invalidValue(field, value, "must be a non-negative integer"));
}
function validateNominatedNode(found: FieldError[], field: string, status: PodStatus, old: Pod): void {
  const { nominatedNodeName: name } = status;
  if (!name || name === old.status.nominatedNodeName) return;
  invalidEach(found, field, name, isDnsSubdomain(name));
  if (old.spec.nodeName) found.push(forbiddenValue(field, "may not be set on pods that are already bound to a node"));
}

/** A container that ended for good stays so. */
function validateTransitions(found: FieldError[], status: PodStatus, old: Pod): void {
  const { spec } = old;
  const restartsAll = (spec.containers ?? [])
    .concat(spec.initContainers ?? [])
    .some((container) => container.restartPolicyRules?.some((rule) => rule.action === "RestartAllContainers"));
  const stay = (
    name: "containerStatuses" | "initContainerStatuses" | "ephemeralContainerStatuses",
    mayRestart: (status: ContainerStatus, exitCode: number) => boolean,
  ): void => {
    for (const [i, before] of (old.status[name] ?? []).entries()) {
      const ended = before.state.terminated;
      const now = status[name]?.find((other) => other.name === before.name);
      if (ended && now && !now.state.terminated && !mayRestart(before, ended.exitCode))
        found.push(forbiddenValue(`status.${name}[${i}].state`, "may not be transitioned to non-terminated state"));
    }
  };
  const within = (containers: readonly Container[] | undefined) => (before: ContainerStatus, exitCode: number) => {
    const container = containers?.find((other) => other.name === before.name);
    return restartsAll || (container !== undefined && restartsAfter(container, spec, exitCode));
  };
  stay("containerStatuses", within(spec.containers));
  stay("initContainerStatuses", within(spec.initContainers));
  stay("ephemeralContainerStatuses", () => false);
}
/** Whether a container of this pod is started again after it exited with a code. */
export function restartsAfter(
  container: Pick<Container, "restartPolicy" | "restartPolicyRules">,
  spec: Pick<PodSpec, "restartPolicy">,
  exitCode: number,
): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    const listed = exitCodes?.values?.includes(exitCode) ?? false;
    if (action === "Restart" && exitCodes && (exitCodes.operator === "In") === listed) return true;
  }
  const policy = container.restartPolicy ?? spec.restartPolicy;
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

function validateAddresses(found: FieldError[], status: PodStatus): void {
  const { podIPs = [], hostIPs = [], hostIP = "" } = status;
  oneOfEachFamily(found, "status.podIPs", podIPs);
  if (hostIPs.length === 0) return;
  if (hostIP !== hostIPs[0]!.ip)
    found.push(invalidValue("status.hostIPs[0].ip", hostIPs[0]!.ip, "must be equal to `hostIP`"));
  oneOfEachFamily(found, "status.hostIPs", hostIPs);
}
function oneOfEachFamily(found: FieldError[], field: string, addresses: readonly { readonly ip: string }[]): void {
  for (const [i, { ip }] of addresses.entries()) checkIp(found, `${field}[${i}]`, ip);
  const families = new Set(addresses.map(({ ip }) => parseIp(ip)?.family));
  if (addresses.length > 1 && families.size !== addresses.length)
    found.push(
      invalidValue(
        field,
        addresses.map(({ ip }) => ({ IP: ip })),
        "may specify no more than one IP for each IP family",
      ),
    );
}
