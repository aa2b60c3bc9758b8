// The pod as the node last reported it. The API's copy at hand may be behind the node's own writes, and a decision on
// it would take back what was said: a pod that has failed would be pending again. Pure.
import { isTerminal, type Pod, type PodStatus } from "#node/pod/types.ts";

/** Containers are the node's to tell of; a phase that is final, whoever set it, stays. */
export function asReported(pod: Pod, reported: PodStatus | undefined): Pod {
  if (!reported) return pod;
  const { phase, containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = reported;
  return {
    ...pod,
    status: {
      ...pod.status,
      ...(phase !== undefined && isTerminal(phase) ? { phase } : {}),
      ...(containerStatuses ? { containerStatuses } : {}),
      ...(initContainerStatuses ? { initContainerStatuses } : {}),
      ...(ephemeralContainerStatuses ? { ephemeralContainerStatuses } : {}),
    },
  };
}
