// Which container of a pod is meant, and why none is, in the words that clients know. Pure.
import { findContainer, type ContainerStatus, type Pod } from "#node/pod/types.ts";

export type Choice = { readonly id: string } | { readonly refusal: string; readonly code: number };

/** "containerd://abc" → "abc". */
const idOf = (reference: string | undefined): string | undefined => reference?.replace(/^[^:]*:\/\//, "") || undefined;

function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status;
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find((s) => s.name === name);
}

/** The running container of this name, for exec and attach. */
export function runningContainer(pod: Pod, name: string): Choice {
  const status = statusOf(pod, name);
  const id = status?.state?.running ? idOf(status.containerID) : undefined;
  return id === undefined ? { refusal: `container not found ("${name}")`, code: 500 } : { id };
}

/** The container whose log is meant: the present one, or the one before it. */
export function loggedContainer(pod: Pod, name: string, previous: boolean): Choice {
  const podName = pod.metadata.name ?? "";
  if (!findContainer(pod.spec, name))
    return { refusal: `container "${name}" not found in pod "${podName}"`, code: 404 };
  const about = `container "${name}" in pod "${podName}"`;
  const status = statusOf(pod, name);
  const refuse = (refusal: string): Choice => ({ refusal, code: 400 });
  if (!status) return refuse(`${about} is not available`);
  const { running, terminated, waiting } = status.state ?? {};
  const last = idOf(status.lastState?.terminated?.containerID);
  if (previous) return last ? { id: last } : refuse(`previous terminated ${about} not found`);
  const own = idOf(status.containerID);
  if (running && own) return { id: own };
  if (terminated) {
    const id = idOf(terminated.containerID) ?? last;
    return id ? { id } : refuse(`${about} is terminated`);
  }
  if (status.lastState?.terminated) return last ? { id: last } : refuse(`${about} is terminated`);
  return refuse(`${about} is waiting to start${waiting ? `: ${waitingText(waiting.reason ?? "")}` : " - no logs yet"}`);
}

const waitingText = (reason: string): string => {
  if (reason === "ErrImagePull") return "image can't be pulled";
  return reason === "ImagePullBackOff" ? "trying and failing to pull image" : reason;
};
