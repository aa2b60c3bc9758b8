// How runtime objects are recognised as ours: labels and annotations that carry what a restarted agent must know,
// and the container hash that tells a changed definition. Invariant: everything here is read back only from what
// the runtime reports, so the agent keeps no files of its own about running pods.
import { createHash } from "node:crypto";
import type { ObservedContainer, ObservedSandbox } from "#node/runtime/runtime.ts";
import type { Container, Pod } from "./types.ts";

export const labels = {
  podName: "io.kubernetes.pod.name",
  podNamespace: "io.kubernetes.pod.namespace",
  podUid: "io.kubernetes.pod.uid",
  containerName: "io.kubernetes.container.name",
} as const;
export const annotations = {
  hash: "io.kubernetes.container.hash",
  restartCount: "io.kubernetes.container.restartCount",
  terminationMessagePath: "io.kubernetes.container.terminationMessagePath",
  terminationMessagePolicy: "io.kubernetes.container.terminationMessagePolicy",
  /** Where the termination message lies on the node. */
  terminationMessageFile: "timonier.io/termination-message-file",
  podGrace: "io.kubernetes.pod.terminationGracePeriod",
  podDeletionGrace: "io.kubernetes.pod.deletionGracePeriod",
  preStop: "io.kubernetes.container.preStopHandler",
  ports: "io.kubernetes.container.ports",
} as const;

/**
 * Changes when a container must be replaced. Upstream: name and image only, because nothing else of a container can
 * change without a restart of its own accord.
 */
export const containerHash = (container: Container): string =>
  createHash("sha256")
    .update(JSON.stringify([container.name, container.image ?? ""]))
    .digest("hex")
    .slice(0, 8);

export const podLabels = (pod: Pod): Record<string, string> => ({
  ...pod.metadata.labels,
  [labels.podName]: pod.metadata.name ?? "",
  [labels.podNamespace]: pod.metadata.namespace ?? "",
  [labels.podUid]: pod.metadata.uid ?? "",
});
export const containerLabels = (pod: Pod, container: Container): Record<string, string> => ({
  [labels.podName]: pod.metadata.name ?? "",
  [labels.podNamespace]: pod.metadata.namespace ?? "",
  [labels.podUid]: pod.metadata.uid ?? "",
  [labels.containerName]: container.name,
});
export function containerAnnotations(
  pod: Pod,
  container: Container,
  options: { restartCount: number; terminationMessageFile: string },
): Record<string, string> {
  const grace = pod.spec.terminationGracePeriodSeconds;
  return {
    [annotations.hash]: containerHash(container),
    [annotations.restartCount]: String(options.restartCount),
    [annotations.terminationMessagePath]: container.terminationMessagePath ?? "",
    [annotations.terminationMessagePolicy]: container.terminationMessagePolicy ?? "File",
    [annotations.terminationMessageFile]: options.terminationMessageFile,
    ...(grace === undefined ? {} : { [annotations.podGrace]: String(grace) }),
    ...(container.ports?.length ? { [annotations.ports]: JSON.stringify(container.ports) } : {}),
    ...(container.lifecycle?.preStop ? { [annotations.preStop]: JSON.stringify(container.lifecycle.preStop) } : {}),
  };
}

/** Restarts before this container, as written when it was made. */
export function restartCountOf(observed: ObservedContainer): number {
  const text = observed.annotations[annotations.restartCount];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : observed.attempt;
}
/** False also for containers that were made without a hash. */
export const hasHash = (observed: ObservedContainer, container: Container): boolean =>
  observed.annotations[annotations.hash] === containerHash(container);

/**
 * A pod that the API no longer knows, rebuilt from what the runtime remembers of it: enough to stop its containers
 * with their hooks and grace.
 */
export function podFromRuntime(
  sandboxes: readonly ObservedSandbox[],
  containers: readonly ObservedContainer[],
): Pod | undefined {
  const sandbox = sandboxes[0];
  const facts = sandbox?.labels ?? containers[0]?.labels ?? {};
  const name = sandbox?.podName ?? facts[labels.podName];
  const uid = sandbox?.podUid ?? containers[0]?.podUid;
  if (!uid || !name) return undefined;
  const graces = containers.map((c) => Number(c.annotations[annotations.podGrace] ?? "30"));
  return {
    metadata: { name, namespace: sandbox?.namespace ?? facts[labels.podNamespace] ?? "", uid },
    spec: {
      containers: uniqueByName(containers).map((c) => ({ ...restoredContainer(c), resources: {} })),
      terminationGracePeriodSeconds: Math.max(0, ...graces),
      restartPolicy: "Never",
    },
    status: {},
  };
}
function restoredContainer(observed: ObservedContainer): { name: string } & Partial<Container> {
  const preStop = parsed(observed.annotations[annotations.preStop]);
  const ports = parsed(observed.annotations[annotations.ports]);
  return {
    name: observed.name,
    image: observed.image,
    ...(preStop ? { lifecycle: { preStop: preStop as object } } : {}),
    ...(Array.isArray(ports) ? { ports: ports as NonNullable<Container["ports"]> } : {}),
  };
}
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // written by another program: the hook is lost, the container still stops
  }
}
const uniqueByName = (containers: readonly ObservedContainer[]): ObservedContainer[] => [
  ...new Map(containers.map((c) => [c.name, c])).values(),
];
