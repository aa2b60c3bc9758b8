// From a container of a pod to what the runtime is asked to make. Pure: volumes are already set up, variables and
// image facts known.
import { containerSecurity } from "./security.ts";
import { expand } from "./expansion.ts";
import { mountsOwnHosts } from "./hosts-file.ts";
import type { Environment } from "./environment.ts";
import { containerAnnotations, containerLabels } from "#node/pod/identity.ts";
import { logPathOf } from "#node/pod/paths.ts";
import { containerResources } from "#node/pod/resources.ts";
import type { Container, Pod } from "#node/pod/types.ts";
import type { ContainerConfig, ImageFacts, Mount } from "#node/runtime/runtime.ts";

export interface ContainerFacts {
  readonly restartCount: number;
  readonly imageRef: string;
  readonly image: Pick<ImageFacts, "uid" | "username">;
  readonly env: Environment;
  /** Host path of each of the container's volumeMounts, in their order. */
  readonly mountSources: readonly string[];
  /** Volumes that are read-only whatever the mount says. */
  readonly readOnlyVolumes: ReadonlySet<string>;
  readonly hostsFile?: string;
  readonly terminationMessageFile: string;
  readonly memoryCapacityBytes: number;
  readonly seccompRoot: string;
  readonly targetId?: string;
}
const defaultMessagePath = "/dev/termination-log";

/** Throws ConfigError. */
export function containerConfig(pod: Pod, container: Container, facts: ContainerFacts): ContainerConfig {
  const valueOf = (name: string): string | undefined => facts.env.get(name);
  const expanded = (texts: readonly string[] | undefined): string[] => (texts ?? []).map((t) => expand(t, valueOf));
  const stopSignal = container.lifecycle?.stopSignal;
  return {
    name: container.name,
    attempt: facts.restartCount,
    imageRef: facts.imageRef,
    image: container.image ?? "",
    command: expanded(container.command),
    args: expanded(container.args),
    workingDir: container.workingDir ?? "",
    env: [...facts.env].map(([name, value]) => ({ name, value })),
    mounts: mountsOf(container, facts),
    devices: [],
    labels: containerLabels(pod, container),
    annotations: containerAnnotations(pod, container, facts),
    logPath: logPathOf(container.name, facts.restartCount),
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    ...(stopSignal ? { stopSignal } : {}),
    resources: containerResources(pod, container, facts.memoryCapacityBytes),
    security: containerSecurity(pod, container, facts),
  };
}
function mountsOf(container: Container, facts: ContainerFacts): Mount[] {
  const mounts = (container.volumeMounts ?? []).map((mount, i): Mount => ({
    containerPath: mount.mountPath.startsWith("/") ? mount.mountPath : `/${mount.mountPath}`,
    hostPath: facts.mountSources[i]!,
    readOnly: (mount.readOnly ?? false) || facts.readOnlyVolumes.has(mount.name),
    propagation: mount.mountPropagation ?? "None",
  }));
  const paths = mounts.map((m) => m.containerPath);
  const add = (containerPath: string, hostPath: string): void =>
    void mounts.push({ containerPath, hostPath, readOnly: false, propagation: "None" });
  if (facts.hostsFile && !mountsOwnHosts(paths)) add("/etc/hosts", facts.hostsFile);
  add(container.terminationMessagePath || defaultMessagePath, facts.terminationMessageFile);
  return mounts;
}
