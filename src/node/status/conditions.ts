// The conditions of a pod that its node keeps. Reasons and texts are upstream's; those of others pass through.
import { formatTime } from "#api/time.ts";
import { isSidecar, type ContainerStatus, type Phase, type Pod, type PodCondition } from "#node/pod/types.ts";

export interface ConditionFacts {
  readonly pod: Pod;
  readonly phase: Phase;
  readonly inits: readonly ContainerStatus[];
  readonly apps: readonly ContainerStatus[];
  readonly sandboxReady: boolean;
  /** Containers have not got the resources yet that the pod asks for. */
  readonly isResizing: boolean;
  /** The pod is evicted: why. */
  readonly disruption?: string;
  readonly now: number;
}
interface Verdict {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
}
const list = (names: readonly string[]): string => `[${names.join(" ")}]`;

function initialized({ pod, phase, inits, apps }: ConditionFacts): Verdict {
  const type = "Initialized";
  if (phase === "Succeeded") return { type, status: "True", reason: "PodCompleted" };
  if (apps.some((s) => s.state.running || s.state.terminated || s.lastState.terminated))
    return { type, status: "True" };
  const incomplete = (pod.spec.initContainers ?? []).filter((container) => {
    const status = inits.find((s) => s.name === container.name);
    return isSidecar(container) ? !status?.started : !status?.ready;
  });
  if (incomplete.length === 0) return { type, status: "True" };
  const message = `containers with incomplete status: ${list(incomplete.map((c) => c.name))}`;
  return { type, status: "False", reason: "ContainersNotInitialized", message };
}
function containersReady({ pod, phase, inits, apps }: ConditionFacts): Verdict {
  const type = "ContainersReady";
  if (phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name));
  const unready = [...inits.filter((s) => sidecars.has(s.name)), ...apps].filter((s) => !s.ready);
  if (unready.length === 0) return { type, status: "True" };
  const message = `containers with unready status: ${list(unready.map((s) => s.name))}`;
  return { type, status: "False", reason: "ContainersNotReady", message };
}
function ready(facts: ConditionFacts, containers: Verdict): Verdict {
  const type = "Ready";
  if (containers.status !== "True") return { ...containers, type };
  const messages = (facts.pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = facts.pod.status?.conditions?.find((c) => c.type === conditionType);
    const name = JSON.stringify(conditionType);
    if (!found) return [`corresponding condition of pod readiness gate ${name} does not exist.`];
    return found.status === "True"
      ? []
      : [`the status of pod readiness gate ${name} is not "True", but ${found.status}`];
  });
  if (messages.length === 0) return { type, status: "True" };
  return { type, status: "False", reason: "ReadinessGatesNotReady", message: messages.join(", ") };
}

/** Conditions of the node that are there only while they are true. */
export const passingConditions: readonly string[] = ["PodResizeInProgress"];

/** Keeps the time of the last change of status, and the conditions that others own. */
export function conditionsOf(facts: ConditionFacts): PodCondition[] {
  const containers = containersReady(facts);
  const verdicts: Verdict[] = [
    { type: "PodReadyToStartContainers", status: facts.sandboxReady ? "True" : "False" },
    initialized(facts),
    ready(facts, containers),
    containers,
    { type: "PodScheduled", status: "True" },
  ];
  if (facts.disruption !== undefined)
    verdicts.push({
      type: "DisruptionTarget",
      status: "True",
      reason: "TerminationByKubelet",
      message: facts.disruption,
    });
  if (facts.isResizing) verdicts.push({ type: "PodResizeInProgress", status: "True" });
  const old = facts.pod.status?.conditions ?? [];
  const own = new Set([...verdicts.map((v) => v.type), ...passingConditions]);
  const generation = facts.pod.metadata.generation;
  return [
    ...verdicts.map((verdict): PodCondition => {
      const before = old.find((c) => c.type === verdict.type);
      const since = before?.status === verdict.status ? before.lastTransitionTime : undefined;
      return {
        ...verdict,
        ...(generation === undefined ? {} : { observedGeneration: generation }),
        lastTransitionTime: since ?? formatTime(facts.now),
      };
    }),
    ...old.filter((c) => !own.has(c.type)),
  ];
}
