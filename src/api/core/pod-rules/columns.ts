// What `kubectl get pods` shows. STATUS is the phase unless something tells more: a reason, a gate, an init container
// that is not done, a waiting or ended container, a deletion under way.
import type { Column, RowCondition } from "#api/kind.ts";
import { age, ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { parseTime } from "#api/time.ts";
import type { ContainerState, ContainerStatus } from "#api/core/schema/pod-status.ts";
import type { Pod } from "#api/core/schema/pod-spec.ts";

interface Summary {
  ready: number;
  total: number;
  reason: string;
  restarts: number;
  /** When the latest of the counted restarts happened. */
  lastRestart: string | undefined;
}

const isTrue = (pod: Pod, type: string): boolean =>
  (pod.status.conditions ?? []).find((condition) => condition.type === type)?.status === "True";
const later = (a: string | undefined, b: string | undefined): string | undefined =>
  !a ? b : !b || parseTime(a) >= parseTime(b) ? a : b;
const restartedAt = (status: ContainerStatus): string | undefined => status.lastState?.terminated?.finishedAt;
const signalOrCode = (ended: NonNullable<ContainerState["terminated"]>): string =>
  ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode}`;

function summarize(pod: Pod): Summary {
  const phase = pod.status.phase ?? "";
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === "Always").map((c) => c.name),
  );
  const gated = (pod.status.conditions ?? []).some((c) => c.type === "PodScheduled" && c.reason === "SchedulingGated");
  const summary: Summary = {
    ready: 0,
    total: (pod.spec.containers ?? []).length + sidecars.size,
    reason: gated ? "SchedulingGated" : pod.status.reason || phase,
    restarts: 0,
    lastRestart: undefined,
  };
  const ofSidecars = addInitContainers(summary, pod, sidecars);
  if (!ofSidecars.initializing || isTrue(pod, "Initialized")) {
    summary.restarts = ofSidecars.restarts;
    summary.lastRestart = ofSidecars.lastRestart;
    addContainers(summary, pod);
  }
  if (pod.metadata.deletionTimestamp) {
    if (pod.status.reason === "NodeLost") summary.reason = "Unknown";
    else if (phase !== "Succeeded" && phase !== "Failed") summary.reason = "Terminating";
  }
  return summary;
}

/** Counts up to the first init container that is not done; that one gives the reason. */
function addInitContainers(
  summary: Summary,
  pod: Pod,
  sidecars: ReadonlySet<string>,
): { initializing: boolean; restarts: number; lastRestart: string | undefined } {
  const ofSidecars = { initializing: false, restarts: 0, lastRestart: undefined as string | undefined };
  for (const [i, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    summary.restarts += status.restartCount;
    summary.lastRestart = later(summary.lastRestart, restartedAt(status));
    if (sidecars.has(status.name)) {
      ofSidecars.restarts += status.restartCount;
      ofSidecars.lastRestart = later(ofSidecars.lastRestart, restartedAt(status));
    }
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(status.name) && status.started) {
      if (status.ready) summary.ready++;
      continue;
    }
    ofSidecars.initializing = true;
    if (terminated) summary.reason = `Init:${terminated.reason || signalOrCode(terminated)}`;
    else if (waiting?.reason && waiting.reason !== "PodInitializing") summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${i}/${(pod.spec.initContainers ?? []).length}`;
    break;
  }
  return ofSidecars;
}

/** Backwards, so that the first container has the last word on the reason. */
function addContainers(summary: Summary, pod: Pod): void {
  let running = false;
  let failure = "";
  for (const status of (pod.status.containerStatuses ?? []).toReversed()) {
    summary.restarts += status.restartCount;
    summary.lastRestart = later(summary.lastRestart, restartedAt(status));
    const { terminated, waiting, running: runs } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) {
      summary.reason = terminated.reason || signalOrCode(terminated);
      if (terminated.exitCode !== 0) failure = summary.reason;
    } else if (status.ready && runs) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason !== "Completed") return;
  if (running && isTrue(pod, "Ready")) summary.reason = "Running";
  else if (failure) summary.reason = failure;
  else if (running) summary.reason = "NotReady";
}

function restartsCell(summary: Summary, now: number): string {
  if (summary.restarts === 0 || !summary.lastRestart) return String(summary.restarts);
  return `${summary.restarts} (${age(summary.lastRestart, now)} ago)`;
}
function gatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  return `${gates.filter((gate) => isTrue(pod, gate.conditionType)).length}/${gates.length}`;
}

/** The pod's STATUS, as kubectl shows it. */
export const podStatusText = (pod: Pod): string => summarize(pod).reason;

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  textColumn("Ready", "Containers that are ready, of all that should be.", (pod) => {
    const { ready, total } = summarize(pod);
    return `${ready}/${total}`;
  }),
  textColumn("Status", "State of the pod in one word.", podStatusText),
  textColumn("Restarts", "How often containers were restarted, and when the last time was.", (pod, now) =>
    restartsCell(summarize(pod), now),
  ),
  ageColumn,
  textColumn("IP", "Address of the pod.", (pod) => pod.status.podIPs?.[0]?.ip || "<none>", 1),
  textColumn("Node", "Node the pod runs on.", (pod) => pod.spec.nodeName || "<none>", 1),
  textColumn(
    "Nominated Node",
    "Node on which room is being made for the pod.",
    (pod) => pod.status.nominatedNodeName || "<none>",
    1,
  ),
  textColumn("Readiness Gates", "Readiness gates that are met, of all.", gatesCell, 1),
];

/** Conditions of the table row: an ended pod is marked as completed, so that clients can hide it. */
export function podRowConditions(pod: Pod): readonly RowCondition[] {
  if (pod.status.phase === "Succeeded")
    return [{ type: "Completed", status: "True", reason: "Succeeded", message: "The pod has completed successfully." }];
  if (pod.status.phase === "Failed")
    return [{ type: "Completed", status: "True", reason: "Failed", message: "The pod failed." }];
  return [];
}
