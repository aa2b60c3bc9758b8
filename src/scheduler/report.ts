// What the scheduler tells about a pod: events, and the condition PodScheduled.
import { isReason } from "#api/errors.ts";
import { Pod } from "#api/core/pod.ts";
import { formatTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";
import type { PodFacts } from "#scheduler/pod-facts.ts";

export interface ReportParts {
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}
export interface NotScheduled {
  readonly reason: "Unschedulable" | "SchedulerError";
  readonly message: string;
  /** Undefined: left as it is; "": taken back. */
  readonly nominatedNodeName?: string | undefined;
}
/** Never throws: what cannot be told is logged. */
export async function reportNotScheduled(
  parts: ReportParts,
  facts: PodFacts,
  what: NotScheduled,
  signal: AbortSignal,
): Promise<void> {
  const { pod } = facts;
  parts.events.event(pod, "Warning", "FailedScheduling", what.message, { kind: Pod });
  const patch = statusPatch(pod, what, parts.clock.now());
  if (!patch) return;
  const { name = "", namespace = "" } = pod.metadata;
  try {
    await parts.client.patch(Pod, { name, namespace }, { type: "strategic", patch }, { subresource: "status", signal });
  } catch (error) {
    if (!signal.aborted && !isReason(error, "NotFound"))
      parts.log.warn("the condition of a pod could not be written", { pod: facts.key, error });
  }
}
function statusPatch(pod: Pod, { reason, message, nominatedNodeName }: NotScheduled, now: number): object | undefined {
  const current = pod.status.conditions?.find((c) => c.type === "PodScheduled");
  const told = current?.status === "False" && current.reason === reason && current.message === message;
  const nominated = nominatedNodeName !== undefined && nominatedNodeName !== (pod.status.nominatedNodeName ?? "");
  if (told && !nominated) return undefined;
  const lastTransitionTime = current?.status === "False" ? current.lastTransitionTime : formatTime(now);
  const generation = pod.metadata.generation;
  const condition = {
    type: "PodScheduled",
    status: "False",
    reason,
    message,
    lastTransitionTime,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  return {
    metadata: { uid: pod.metadata.uid },
    status: { ...(told ? {} : { conditions: [condition] }), ...(nominated ? { nominatedNodeName } : {}) },
  };
}
