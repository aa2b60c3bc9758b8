// Stopping a container: its preStop hook, then the stop signal, then the end of the grace. The hook's time counts,
// but two seconds are always left for the signal.
import type { KillAction } from "#node/plan/types.ts";
import { findContainer, podKey } from "#node/pod/types.ts";
import { runHook } from "./hooks.ts";
import { podIPsOf, say, type PodWork } from "./pod-work.ts";

const leastGraceSeconds = 2;

export async function killContainer(work: PodWork, action: KillAction, signal: AbortSignal): Promise<void> {
  const { parts, record } = work;
  const deadline = parts.clock.now() + action.graceSeconds * 1000;
  if (!record.kills.has(action.id)) say(work, "Normal", "Killing", action.message, action.name);
  record.kills.set(action.id, { cause: action.cause, restart: action.restart });
  await preStop(work, action, deadline, signal);
  const left = Math.ceil((deadline - parts.clock.now()) / 1000);
  await parts.runtime.stopContainer(action.id, Math.max(leastGraceSeconds, left), signal);
}
/** Runs once for each container, even when a shorter grace makes the stop begin anew. */
async function preStop(work: PodWork, action: KillAction, deadline: number, signal: AbortSignal): Promise<void> {
  const { parts, pod, record, view } = work;
  const container = findContainer(pod.spec, action.name)?.container;
  const handler = container?.lifecycle?.preStop;
  const running = view.alive.some((run) => run.id === action.id && run.state === "running");
  if (!container || !handler || !running || action.graceSeconds <= 0 || record.preStopped.has(action.id)) return;
  record.preStopped.add(action.id);
  const timeout = new AbortController();
  using _ = parts.clock.after(deadline - parts.clock.now(), () => timeout.abort());
  const target = { container, containerId: action.id, podIP: podIPsOf(work)[0] ?? "" };
  try {
    await runHook(handler, target, parts, AbortSignal.any([signal, timeout.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.signal.aborted) {
      parts.log.info("preStop hook took the whole grace", { pod: podKey(pod), container: action.name });
      return;
    }
    say(work, "Warning", "FailedPreStopHook", "PreStopHook failed", action.name);
    parts.log.warn("preStop hook failed", { pod: podKey(pod), container: action.name, error });
  }
}
