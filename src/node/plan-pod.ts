// The heart of the agent: from what a pod should be, what the runtime reports and what the agent remembers, the next
// steps. Pure and level-triggered: it never asks what happened, so a lost event or a restart costs nothing.
//
//                 ┌──────────────────── active ────────────────────┐
//   volumes ─▶ sandbox ─▶ init containers ─▶ main containers ⇄ back-off
//                 ▲  sandbox lost: from the start again             │
//                 └─────────────────────────────────────────────────┤
//          deleted, ended by the agent, or every container done     ▼
//                            terminating ─▶ terminated ─▶ object deleted ─▶ forgotten
import { parseTime } from "#api/time.ts";
import type { Observed } from "#node/runtime/runtime.ts";
import { initFailed, planInit } from "#node/plan/init-containers.ts";
import { viewOf } from "#node/plan/pod-view.ts";
import { restartPolicyOf } from "#node/plan/restart.ts";
import { stopUnknown, tend } from "#node/plan/running.ts";
import { planTermination } from "#node/plan/termination.ts";
import { isToRunAgain, kill, start, type Turn } from "#node/plan/turn.ts";
import type { Plan, PodAction, PodEnd, PodMemory, Stage } from "#node/plan/types.ts";
import { findContainer, isTerminal, type Container, type Pod } from "#node/pod/types.ts";

export type { Plan, PodAction, PodMemory } from "#node/plan/types.ts";

/** Runs of one container name that are kept: the newest and the one before it. */
const keptRuns = 2;

export function planPod(pod: Pod, observed: Observed, memory: PodMemory, now: number): Plan {
  const view = viewOf(observed);
  const end = memory.end ?? deadlineEnd(pod, memory, now);
  const turn: Turn = {
    pod,
    view,
    memory: end && !memory.end ? { ...memory, end } : memory,
    now,
    actions: [],
    backingOff: new Map(),
    wakes: [],
  };
  const over = end !== undefined || memory.removed || pod.metadata.deletionTimestamp !== undefined;
  const stage: Stage = over || isFinished(turn) ? planTermination(turn) : planActive(turn);
  if (!memory.removed) discardOld(turn);
  const wake = stage === "active" ? Math.min(...turn.wakes, deadlineAt(pod, memory) ?? Infinity) : Infinity;
  return {
    stage,
    actions: turn.actions,
    backingOff: turn.backingOff,
    isResizing: stage === "active" && turn.actions.some(isResize),
    ...(end ? { end } : {}),
    ...(wake === Infinity ? {} : { againInMs: Math.max(0, wake - now) }),
  };
}

const isResize = (action: PodAction): boolean =>
  action.type === "resizeContainer" || (action.type === "killContainer" && action.cause === "resize");
function deadlineAt(pod: Pod, memory: PodMemory): number | undefined {
  const seconds = pod.spec.activeDeadlineSeconds;
  if (seconds === undefined) return undefined;
  const startTime = pod.status?.startTime;
  return (startTime === undefined ? memory.acceptedAt : parseTime(startTime)) + seconds * 1000;
}
function deadlineEnd(pod: Pod, memory: PodMemory, now: number): PodEnd | undefined {
  if (isTerminal(pod.status?.phase) || now < (deadlineAt(pod, memory) ?? Infinity)) return undefined;
  return {
    reason: "DeadlineExceeded",
    message: "Pod was active on the node longer than the specified deadline",
  };
}

/** Nothing will run in this pod any more: its phase says so, an init container failed for good, or all are done. */
function isFinished(turn: Turn): boolean {
  if (isTerminal(turn.pod.status?.phase) || initFailed(turn)) return true;
  return turn.pod.spec.containers.every((container) => isDone(turn, container));
}
function isDone(turn: Turn, container: Container): boolean {
  const run = turn.view.runs(container.name)[0];
  return run?.state === "exited" && !isToRunAgain(turn, { container, role: "app" }, run);
}

function planActive(turn: Turn): Stage {
  const { memory, view, now } = turn;
  if (!memory.volumesReady) {
    if (memory.volumeFailure && memory.volumeFailure.retryAt > now) turn.wakes.push(memory.volumeFailure.retryAt);
    else turn.actions.push({ type: "setUpVolumes" });
  }
  for (const extra of view.sandboxes.slice(1))
    if (extra.ready) turn.actions.push({ type: "stopSandbox", id: extra.id });
  if (!view.sandbox) {
    replaceSandbox(turn);
    return "active";
  }
  const mark = turn.actions.length;
  for (const container of turn.pod.spec.ephemeralContainers ?? []) startOnce(turn, container as Container);
  if (planInit(turn)) for (const container of turn.pod.spec.containers) planApp(turn, container);
  if (!memory.volumesReady) dropStarts(turn, mark);
  return "active";
}
/** Without its volumes nothing new starts, but what runs is still tended (after a restart of the agent). */
function dropStarts(turn: Turn, from: number): void {
  const kept = turn.actions.slice(from).filter((a) => a.type !== "startContainer");
  turn.actions.splice(from, turn.actions.length, ...kept);
}
function replaceSandbox(turn: Turn): void {
  const { view, memory, now } = turn;
  for (const run of view.alive) {
    const found = findContainer(turn.pod.spec, run.name);
    const restart = found !== undefined && restartPolicyOf(turn.pod.spec, found.container, found.role) !== "Never";
    kill(turn, run, { cause: "pod", restart, message: `Stopping container ${run.name}` });
  }
  const previous = view.sandboxes[0];
  if (previous && view.alive.length > 0) turn.actions.push({ type: "stopSandbox", id: previous.id });
  // volumes and sandbox are made side by side; once a volume has failed the sandbox waits for it
  if (!memory.volumesReady && memory.volumeFailure) return;
  if (memory.sandboxFailure && memory.sandboxFailure.retryAt > now) turn.wakes.push(memory.sandboxFailure.retryAt);
  else turn.actions.push({ type: "createSandbox", attempt: previous ? previous.attempt + 1 : 0 });
}
function planApp(turn: Turn, container: Container): void {
  const run = turn.view.current(container.name);
  if (run?.state === "running") tend(turn, { container, role: "app" }, run);
  else if (run?.state === "unknown") stopUnknown(turn, "app", run);
  else if (!isDone(turn, container)) start(turn, container, "app");
}
function startOnce(turn: Turn, container: Container): void {
  const ran = turn.view.runs(container.name).some((run) => run.state !== "created");
  if (!ran) start(turn, container, "ephemeral");
}

/** Removes runs that nothing needs any more, and sandboxes that hold none of the others. */
function discardOld(turn: Turn): void {
  const { view } = turn;
  const holding = new Set<string>();
  for (const name of view.names) {
    let kept = 0;
    for (const run of view.runs(name)) {
      const superseded = run.state === "created" && run !== view.runs(name)[0];
      if (superseded || (run.state === "exited" && kept >= keptRuns))
        turn.actions.push({ type: "removeContainer", id: run.id, name });
      else holding.add(run.sandboxId);
      if (run.state !== "created") kept++;
    }
  }
  for (const sandbox of view.sandboxes.slice(1))
    if (!sandbox.ready && !holding.has(sandbox.id)) turn.actions.push({ type: "removeSandbox", id: sandbox.id });
}
