// In-place resize: whether a running container has the CPU and memory that its pod now asks for.
import { integerValue, milliValue } from "#api/quantity.ts";
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import type { Turn } from "./turn.ts";
import type { Container, ResourceRequirements } from "#node/pod/types.ts";

type Resizable = "cpu" | "memory";
const value = (resources: ResourceRequirements, list: "requests" | "limits", name: Resizable): number | undefined => {
  const text = resources[list]?.[name];
  return text === undefined ? undefined : name === "cpu" ? milliValue(text) : integerValue(text);
};
export const differs = (a: ResourceRequirements, b: ResourceRequirements, name: Resizable): boolean =>
  value(a, "requests", name) !== value(b, "requests", name) || value(a, "limits", name) !== value(b, "limits", name);

/** What the container was last given: by this agent, or by the one before it as the status says. */
export function appliedResources(turn: Turn, container: Container, run: ObservedContainer): ResourceRequirements {
  const known = turn.memory.resources.get(run.id);
  if (known) return known;
  const { status } = turn.pod;
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const reported = all.find((s) => s.name === container.name && s.containerID?.endsWith(run.id));
  return reported?.resources ?? container.resources ?? {};
}
export function resizeOf(turn: Turn, container: Container, run: ObservedContainer): "none" | "inPlace" | "restart" {
  const applied = appliedResources(turn, container, run);
  const wanted = container.resources ?? {};
  if (applied === wanted) return "none";
  const changed = (["cpu", "memory"] as const).filter((name) => differs(applied, wanted, name));
  if (changed.length === 0) return "none";
  const needsRestart = changed.some(
    (name) => container.resizePolicy?.find((p) => p.resourceName === name)?.restartPolicy === "RestartContainer",
  );
  return needsRestart ? "restart" : "inPlace";
}
