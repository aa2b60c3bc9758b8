// Short names for the parts of a Pod, and the small questions that every part of the agent asks of one.
import type { Pod } from "#api/core/pod.ts";

export type { Pod } from "#api/core/pod.ts";
export type PodSpec = Pod["spec"];
export type PodStatus = Pod["status"];
export type Container = PodSpec["containers"][number];
export type EphemeralContainer = NonNullable<PodSpec["ephemeralContainers"]>[number];
export type Volume = NonNullable<PodSpec["volumes"]>[number];
export type VolumeMount = NonNullable<Container["volumeMounts"]>[number];
export type EnvVar = NonNullable<Container["env"]>[number];
export type EnvVarSource = NonNullable<EnvVar["valueFrom"]>;
export type ResourceRequirements = Container["resources"];
export type Probe = NonNullable<Container["livenessProbe"]>;
export type Lifecycle = NonNullable<Container["lifecycle"]>;
export type LifecycleHandler = NonNullable<Lifecycle["preStop"]>;
export type HTTPGetAction = NonNullable<Probe["httpGet"]>;
export type TCPSocketAction = NonNullable<Probe["tcpSocket"]>;
export type PodSecurityContext = NonNullable<PodSpec["securityContext"]>;
export type SecurityContext = NonNullable<Container["securityContext"]>;
export type ContainerStatus = NonNullable<PodStatus["containerStatuses"]>[number];
export type ContainerState = ContainerStatus["state"];
export type PodCondition = NonNullable<PodStatus["conditions"]>[number];
export type Phase = NonNullable<PodStatus["phase"]>;

export type ContainerRole = "init" | "sidecar" | "app" | "ephemeral";
export interface RoledContainer {
  /** An ephemeral container has every field of an ordinary one. */
  readonly container: Container;
  readonly role: ContainerRole;
}

/** An init container that runs as long as the pod does. */
export const isSidecar = (init: Container): boolean => init.restartPolicy === "Always";

/** Every container of the pod: init and sidecar containers in order, then the main ones, then the ephemeral ones. */
export function containersOf(spec: PodSpec): RoledContainer[] {
  return [
    ...(spec.initContainers ?? []).map((container): RoledContainer => ({
      container,
      role: isSidecar(container) ? "sidecar" : "init",
    })),
    ...spec.containers.map((container): RoledContainer => ({ container, role: "app" })),
    ...(spec.ephemeralContainers ?? []).map((container): RoledContainer => ({ container, role: "ephemeral" })),
  ];
}
export const findContainer = (spec: PodSpec, name: string): RoledContainer | undefined =>
  containersOf(spec).find((c) => c.container.name === name);

/** The part of the pod that an event about this container names. */
export function fieldPathOf({ container, role }: RoledContainer): string {
  const list = role === "app" ? "containers" : role === "ephemeral" ? "ephemeralContainers" : "initContainers";
  return `spec.${list}{${container.name}}`;
}
export const isTerminal = (phase: string | undefined): boolean => phase === "Succeeded" || phase === "Failed";
export const uidOf = (pod: Pod): string => pod.metadata.uid ?? "";
/** "name_namespace(uid)", as messages name a pod. */
export const podText = (pod: Pod): string =>
  `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid ?? ""})`;
export const podKey = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`;

/** The port that a probe or hook names: a number, or the name of one of the container's ports. */
export function resolvePort(port: number | string, container: Container): number | undefined {
  if (typeof port === "number") return port;
  const named = container.ports?.find((p) => p.name === port);
  if (named) return named.containerPort;
  return /^\d+$/.test(port) ? Number(port) : undefined;
}
