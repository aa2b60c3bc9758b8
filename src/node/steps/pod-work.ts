// What a step works on: one pod, as it is when the step begins, with the agent's memory of it.
import type { NodeParts } from "#node/node-parts.ts";
import type { PodView } from "#node/plan/pod-view.ts";
import type { PodRecord } from "#node/pod/pod-record.ts";
import { fieldPathOf, findContainer, type Pod } from "#node/pod/types.ts";
import type { PodVolumes } from "#node/volumes/pod-volumes.ts";

export interface PodWork {
  readonly parts: NodeParts;
  readonly pod: Pod;
  readonly view: PodView;
  readonly record: PodRecord;
  readonly volumes: PodVolumes;
  /**
   * Marks a wait that may be long (an image, a hook, a grace): meanwhile the pod is looked at when something changes.
   * The signal of the wait is aborted for something more urgent; a wait that must not be given up ignores it.
   */
  waiting<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T>;
}
export const podIPsOf = ({ pod, view, parts }: PodWork): readonly string[] =>
  pod.spec.hostNetwork ? parts.hostIPs() : (view.sandbox?.ips ?? []);

/** An event about the pod, or about one container of it. */
export function say(
  { parts, pod }: Pick<PodWork, "parts" | "pod">,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
  container?: string,
): void {
  const found = container === undefined ? undefined : findContainer(pod.spec, container);
  parts.events.event(pod, type, reason, message, found ? { fieldPath: fieldPathOf(found) } : {});
}
