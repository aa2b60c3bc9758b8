// The status of a pod, from what the runtime reports and the agent knows. Pure; written only when it differs from
// what the API has. A terminal phase is reported once nothing of the pod can be running.
import { formatTime } from "#api/time.ts";
import { conditionsOf } from "./conditions.ts";
import { containerStatus, type StatusFacts } from "./container-status.ts";
import { settleLost } from "./lost-containers.ts";
import { phaseOf } from "./phase.ts";
import { qosClassOf } from "#node/pod/resources.ts";
import {
  isSidecar,
  isTerminal,
  type Container,
  type ContainerStatus,
  type Phase,
  type PodStatus,
} from "#node/pod/types.ts";

export type { StatusFacts } from "./container-status.ts";

export function podStatus(facts: StatusFacts): PodStatus {
  const { pod, view, memory } = facts;
  const { spec, metadata } = pod;
  const old: PodStatus = pod.status ?? {};
  const find = (statuses: readonly ContainerStatus[] | undefined, name: string): ContainerStatus | undefined =>
    statuses?.find((s) => s.name === name);
  const seenInits = (spec.initContainers ?? []).map((container) =>
    containerStatus(
      facts,
      { container, role: isSidecar(container) ? "sidecar" : "init" },
      find(old.initContainerStatuses, container.name),
    ),
  );
  const seenApps = spec.containers.map((container) =>
    containerStatus(facts, { container, role: "app" }, find(old.containerStatuses, container.name)),
  );
  const ephemeral = (spec.ephemeralContainers ?? []).map((container) =>
    containerStatus(
      facts,
      { container: container as Container, role: "ephemeral" },
      find(old.ephemeralContainerStatuses, container.name),
    ),
  );
  const isOver = facts.plan.stage === "terminated" && view.names.length > 0;
  const { inits, apps } = isOver ? settleLost(pod, seenInits, seenApps) : { inits: seenInits, apps: seenApps };
  const phase = finalPhase(facts, inits, apps);
  const said = reasonOf(facts, phase);
  const ips = podIPs(facts);
  const generation = metadata.generation;
  const disruption = memory.end?.reason === "Evicted" ? memory.end.message : undefined;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    conditions: conditionsOf({
      pod,
      phase,
      inits,
      apps,
      sandboxReady: view.sandbox !== undefined,
      isResizing: facts.plan.isResizing,
      ...(disruption === undefined ? {} : { disruption }),
      now: facts.now,
    }),
    ...said,
    ...(facts.hostIPs[0] ? { hostIP: facts.hostIPs[0], hostIPs: facts.hostIPs.map((ip) => ({ ip })) } : {}),
    ...(ips[0] ? { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) } : {}),
    startTime: old.startTime ?? formatTime(memory.acceptedAt),
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    containerStatuses: apps,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: qosClassOf(pod),
  };
}

function finalPhase(facts: StatusFacts, inits: readonly ContainerStatus[], apps: readonly ContainerStatus[]): Phase {
  const { pod, memory, view, plan } = facts;
  const old = pod.status?.phase;
  if (old !== undefined && isTerminal(old)) return old;
  const phase = memory.end ? "Failed" : phaseOf(pod, inits, apps, plan.stage === "terminated");
  if (!isTerminal(phase) || view.alive.length === 0) return phase;
  return old ?? "Pending";
}
function reasonOf(facts: StatusFacts, phase: Phase): { reason?: string; message?: string } {
  const { pod, memory } = facts;
  if (memory.end && phase === "Failed") return { reason: memory.end.reason, message: memory.end.message };
  if (pod.status?.phase !== phase) return {};
  const { reason, message } = pod.status;
  return { ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
}
/** The addresses last known, until a new sandbox has others. */
function podIPs(facts: StatusFacts): readonly string[] {
  if (facts.pod.spec.hostNetwork) return facts.view.sandbox ? facts.hostIPs : oldIPs(facts);
  const now = facts.view.sandbox?.ips ?? [];
  return now.length > 0 ? now : oldIPs(facts);
}
const oldIPs = (facts: StatusFacts): string[] => (facts.pod.status?.podIPs ?? []).map((p) => p.ip);
