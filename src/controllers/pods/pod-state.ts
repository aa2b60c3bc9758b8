// What controllers ask of a pod: is it finished, on its way out, ready, and ready for long enough.
import type { Pod } from "#api/core/pod.ts";
import type { PodCondition } from "#api/core/schema/pod-status.ts";
import { deepEqual } from "#api/json.ts";
import { parseTime } from "#api/time.ts";

export const isFinished = (pod: Pod): boolean => pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
/** Neither finished nor being deleted: it counts as a replica. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && !pod.metadata.deletionTimestamp;
/** Being deleted, but its containers may still run. */
export const isTerminating = (pod: Pod): boolean => !isFinished(pod) && pod.metadata.deletionTimestamp !== undefined;

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status.conditions?.find((c) => c.type === type);
export const isReady = (pod: Pod): boolean => podCondition(pod, "Ready")?.status === "True";
/** Since when it is ready, in milliseconds since 1970. */
export function readySince(pod: Pod): number | undefined {
  const ready = podCondition(pod, "Ready");
  return ready?.status === "True" && ready.lastTransitionTime ? parseTime(ready.lastTransitionTime) : undefined;
}
export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  if (!isReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const since = readySince(pod);
  return since !== undefined && since + minReadySeconds * 1000 <= now;
}
/** When the next of these pods becomes available by the mere passing of time. */
export function nextAvailableInMs(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  let next: number | undefined;
  for (const pod of pods) {
    const since = minReadySeconds > 0 ? readySince(pod) : undefined;
    if (since === undefined) continue;
    const inMs = since + minReadySeconds * 1000 - now;
    if (inMs > 0 && (next === undefined || inMs < next)) next = inMs;
  }
  return next;
}

/** Whether a change of a pod can change what its controller does; most status reports cannot. */
export function podChangeMatters(pod: Pod | undefined, old: Pod | undefined): boolean {
  if (!pod || !old || pod.metadata.uid !== old.metadata.uid) return true;
  return (
    pod.status.phase !== old.status.phase ||
    pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    pod.spec.nodeName !== old.spec.nodeName ||
    !deepEqual(podCondition(pod, "Ready"), podCondition(old, "Ready")) ||
    !deepEqual(pod.metadata.labels, old.metadata.labels) ||
    !deepEqual(pod.metadata.ownerReferences, old.metadata.ownerReferences)
  );
}
