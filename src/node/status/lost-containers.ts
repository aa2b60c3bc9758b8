// Containers of which nothing is known when their pod is over: it is taken that they ran and were lost, but not of those
// that the pod never came to, which go on waiting for ever. Pure.
import { isSidecar, type ContainerState, type ContainerStatus, type Pod } from "#node/pod/types.ts";

export const lost = (message: string): ContainerState => ({
  terminated: { exitCode: 137, reason: "ContainerStatusUnknown", message },
});
const lostAtTheEnd = lost("The container could not be located when the pod was terminated");

const hasStarted = ({ state, lastState }: ContainerStatus): boolean =>
  state.waiting === undefined || lastState.terminated !== undefined;
const settled = (status: ContainerStatus): ContainerStatus =>
  status.state.terminated ? status : { ...status, state: lostAtTheEnd };

/** Any app container has run, or the last init container has done its part. */
function isInitialized({ spec }: Pod, inits: readonly ContainerStatus[], apps: readonly ContainerStatus[]): boolean {
  const last = spec.initContainers?.at(-1);
  if (!last || apps.some(hasStarted)) return true;
  const status = inits.at(-1);
  if (isSidecar(last)) return status?.state.running !== undefined && status.started === true;
  return status?.lastState.terminated?.exitCode === 0 || status?.state.terminated?.exitCode === 0;
}
export function settleLost(
  pod: Pod,
  inits: readonly ContainerStatus[],
  apps: readonly ContainerStatus[],
): { readonly inits: readonly ContainerStatus[]; readonly apps: readonly ContainerStatus[] } {
  // Upstream: the first init container counts as tried, even when none shows that it was.
  const tried = Math.max(1, inits.findLastIndex(hasStarted) + 1);
  return {
    inits: inits.map((status, i) => (i < tried ? settled(status) : status)),
    apps: isInitialized(pod, inits, apps) ? apps.map(settled) : apps,
  };
}
