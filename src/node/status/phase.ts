// The phase of a pod from the states of its containers: one word for how far it has come.
//
//   Pending ─all containers made─▶ Running ─all ended, none restarts─▶ Succeeded (all exit 0) │ Failed
import { isSidecar, type ContainerStatus, type Phase, type Pod } from "#node/pod/types.ts";

interface Counts {
  waiting: number;
  running: number;
  stopped: number;
  succeeded: number;
}
const byName = (statuses: readonly ContainerStatus[]): Map<string, ContainerStatus> =>
  new Map(statuses.map((s) => [s.name, s]));

/** How many regular init containers are still to end, and whether one has failed. */
function initialization(pod: Pod, statuses: readonly ContainerStatus[]): { pending: boolean; failed: boolean } {
  const found = byName(statuses);
  let pending = false;
  let failed = false;
  for (const container of (pod.spec.initContainers ?? []).filter((c) => !isSidecar(c))) {
    const status = found.get(container.name);
    const ended = status?.state.terminated ?? (status?.state.waiting ? status.lastState.terminated : undefined);
    if (!ended) pending = true;
    else if (ended.exitCode !== 0) failed = true;
  }
  return { pending, failed };
}
function count(pod: Pod, inits: readonly ContainerStatus[], apps: readonly ContainerStatus[]): Counts {
  const counts: Counts = { waiting: 0, running: 0, stopped: 0, succeeded: 0 };
  const initsByName = byName(inits);
  for (const container of (pod.spec.initContainers ?? []).filter(isSidecar)) {
    const status = initsByName.get(container.name);
    if (status?.state.running) counts.running++;
    else if (!status?.state.terminated && !status?.lastState.terminated) counts.waiting++;
  }
  for (const { state, lastState } of apps) {
    if (state.running) counts.running++;
    else if (state.terminated) {
      counts.stopped++;
      if (state.terminated.exitCode === 0) counts.succeeded++;
    } else if (lastState.terminated) counts.stopped++;
    else counts.waiting++;
  }
  return counts;
}
/** `over`: nothing of the pod will start again. */
export function phaseOf(
  pod: Pod,
  inits: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
  over: boolean,
): Phase {
  const init = initialization(pod, inits);
  if (init.failed && pod.spec.restartPolicy === "Never") return "Failed";
  const started = apps.some((s) => s.state.running || s.state.terminated || s.lastState.terminated);
  if (init.pending && !started) return over ? "Failed" : "Pending";
  const { waiting, running, stopped, succeeded } = count(pod, inits, apps);
  if (waiting > 0) return over ? "Failed" : "Pending";
  if (running > 0) return "Running";
  if (stopped === 0) return over ? "Failed" : "Pending";
  if (over || pod.spec.restartPolicy !== "Always") {
    if (stopped === succeeded) return "Succeeded";
    if (over || pod.spec.restartPolicy === "Never") return "Failed";
  }
  return "Running";
}
