// The end of a pod: main containers first and together, then sidecars from the last to the first, then the sandbox,
// then what the node keeps for it, then the object itself.
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import { graceOf, kill, type Turn } from "./turn.ts";
import type { Stage } from "./types.ts";
import { isSidecar } from "#node/pod/types.ts";

/** Seconds left of the pod's grace; the clock runs from the first sign of its end. */
export function remainingGraceSeconds(turn: Turn): number {
  const { pod, memory, now } = turn;
  const grace = memory.end?.graceSeconds ?? graceOf(pod);
  const since = memory.terminatingSince ?? now;
  return Math.max(0, Math.ceil((since + grace * 1000 - now) / 1000));
}
/** Appends the next steps of the end and says how far it has come. */
export function planTermination(turn: Turn): Stage {
  const { view } = turn;
  if (stopContainers(turn, view.alive)) return "terminating";
  const ready = view.sandboxes.filter((s) => s.ready);
  for (const sandbox of ready) turn.actions.push({ type: "stopSandbox", id: sandbox.id });
  if (ready.length > 0) return "terminating";
  if (!turn.memory.tornDown) turn.actions.push({ type: "tearDown" });
  else if (turn.memory.removed) forget(turn);
  else if (turn.pod.metadata.deletionTimestamp !== undefined) turn.actions.push({ type: "deletePod" });
  return "terminated";
}
function forget(turn: Turn): void {
  for (const sandbox of turn.view.sandboxes) turn.actions.push({ type: "removeSandbox", id: sandbox.id });
  const kept = new Set(turn.view.sandboxes.map((s) => s.id));
  for (const name of turn.view.names)
    for (const run of turn.view.runs(name))
      if (!kept.has(run.sandboxId)) turn.actions.push({ type: "removeContainer", id: run.id, name });
  turn.actions.push({ type: "forget" });
}
/** True when something is still to be stopped. */
function stopContainers(turn: Turn, alive: readonly ObservedContainer[]): boolean {
  if (alive.length === 0) return false;
  const sidecars = (turn.pod.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name);
  const others = alive.filter((run) => !sidecars.includes(run.name));
  const last = sidecars.findLast((name) => alive.some((run) => run.name === name));
  const now = others.length > 0 ? others : alive.filter((run) => run.name === last);
  const graceSeconds = remainingGraceSeconds(turn);
  for (const run of now)
    kill(turn, run, { cause: "pod", restart: false, message: `Stopping container ${run.name}`, graceSeconds });
  return true;
}
