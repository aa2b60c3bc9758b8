// Whether a container that ended runs again, by its own policy and rules, else by the pod's.
import type { Container, ContainerRole, PodSpec } from "#node/pod/types.ts";

type Policy = "Always" | "OnFailure" | "Never";

/** The policy that applies to a container; an init container under Always runs again only after a failure. */
export function restartPolicyOf(spec: PodSpec, container: Container, role: ContainerRole): Policy {
  if (role === "ephemeral") return "Never";
  if (role === "sidecar") return "Always";
  const policy = (container.restartPolicy as Policy | undefined) ?? spec.restartPolicy ?? "Always";
  return role === "init" && policy === "Always" ? "OnFailure" : policy;
}
function ruleRestarts(container: Container, exitCode: number): boolean {
  const match = container.restartPolicyRules?.find((rule) => {
    const codes = rule.exitCodes;
    if (!codes) return false;
    const listed = (codes.values ?? []).includes(exitCode);
    return codes.operator === "NotIn" ? !listed : listed;
  });
  return match !== undefined && match.action === "Restart";
}
export function restartsAfter(spec: PodSpec, container: Container, role: ContainerRole, exitCode: number): boolean {
  const policy = restartPolicyOf(spec, container, role);
  if (role !== "sidecar" && role !== "ephemeral" && ruleRestarts(container, exitCode)) return true;
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}
