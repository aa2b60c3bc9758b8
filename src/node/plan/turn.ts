// One turn of planning: the facts, and the plan as it grows. The functions around it append; only planPod reads it out.
import { formatDuration } from "#api/time.ts";
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import { notBefore } from "./back-off.ts";
import type { PodView } from "./pod-view.ts";
import { restartsAfter } from "./restart.ts";
import type { KillCause, PodAction, PodMemory, WaitingReason } from "./types.ts";
import { restartCountOf } from "#node/pod/identity.ts";
import { podText, type Container, type ContainerRole, type Pod, type RoledContainer } from "#node/pod/types.ts";

export interface Turn {
  readonly pod: Pod;
  readonly view: PodView;
  readonly memory: PodMemory;
  readonly now: number;
  readonly actions: PodAction[];
  readonly backingOff: Map<string, WaitingReason & { readonly after: string }>;
  /** Times at which something becomes due. */
  readonly wakes: number[];
}

export const endedAt = (run: ObservedContainer): number => run.finishedAt || run.startedAt || run.createdAt;

/** Whether this ended run is to be followed by another. */
export function isToRunAgain(turn: Turn, { container, role }: RoledContainer, run: ObservedContainer): boolean {
  if (turn.memory.kills.get(run.id)?.restart) return true;
  return restartsAfter(turn.pod.spec, container, role, run.exitCode);
}

/** Starts a container now, or notes what it waits for. */
export function start(turn: Turn, container: Container, role: ContainerRole): void {
  const { view, memory, now } = turn;
  const failure = memory.failures.get(container.name);
  if (failure && failure.retryAt > now) return void turn.wakes.push(failure.retryAt);
  const current = view.current(container.name);
  const leftover = current?.state === "created" ? current : undefined;
  const previous = view.runs(container.name).find((run) => run.state === "exited" || run.state === "unknown");
  if (previous && mustBackOff(turn, container.name, previous)) return;
  turn.actions.push({
    type: "startContainer",
    container,
    role,
    restartCount: leftover ? restartCountOf(leftover) : nextRestartCount(turn, container.name, previous),
    ...(leftover ? { leftover: leftover.id } : {}),
    ...(previous ? { previousEndedAt: endedAt(previous) } : {}),
  });
}
function mustBackOff(turn: Turn, name: string, previous: ObservedContainer): boolean {
  const { memory, now } = turn;
  const cause = memory.kills.get(previous.id)?.cause;
  if (cause === "changed" || cause === "resize") return false;
  const { at, delayMs } = notBefore(memory.backOff.get(name), endedAt(previous));
  if (now >= at) return false;
  const message = `back-off ${formatDuration(delayMs)} restarting failed container=${name} pod=${podText(turn.pod)}`;
  turn.backingOff.set(name, { reason: "CrashLoopBackOff", message, after: previous.id });
  turn.wakes.push(at);
  return true;
}
/** Counts on from the newest run, or from the status when the runtime has lost every run. */
function nextRestartCount(turn: Turn, name: string, previous: ObservedContainer | undefined): number {
  if (previous) return restartCountOf(previous) + 1;
  const { status } = turn.pod;
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const reported = all.find((s) => s.name === name);
  return reported?.containerID ? reported.restartCount + 1 : (reported?.restartCount ?? 0);
}

export function kill(
  turn: Turn,
  run: ObservedContainer,
  options: { cause: KillCause; restart: boolean; message: string; graceSeconds?: number },
): void {
  turn.actions.push({
    type: "killContainer",
    id: run.id,
    name: run.name,
    cause: options.cause,
    restart: options.restart,
    message: options.message,
    graceSeconds: options.graceSeconds ?? graceOf(turn.pod),
  });
}
export const graceOf = (pod: Pod): number =>
  pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
