// Pods made through a container runtime directly, without a node agent, for tests of what lies below and beside it.
import { labels } from "#node/pod/identity.ts";
import type { ContainerConfig, ContainerRuntime, ObservedContainer, SandboxConfig } from "#node/runtime/runtime.ts";
import type { Layout } from "#cluster/layout.ts";

export interface TestPods {
  /** A sandbox with one running container. */
  run(command: readonly string[], more?: Partial<ContainerConfig>): Promise<TestPod>;
  container(config: SandboxConfig, command: readonly string[]): ContainerConfig;
  /** Waits for events until the container has ended and is as `wanted`. */
  ended(podUid: string, id: string, wanted?: (c: ObservedContainer) => boolean): Promise<ObservedContainer>;
}
export interface TestPod {
  readonly sandbox: string;
  readonly container: string;
  readonly podUid: string;
  readonly config: SandboxConfig;
}

export function createPods(runtime: ContainerRuntime, layout: Layout, signal: AbortSignal): TestPods {
  let serial = 0;
  const container = (config: SandboxConfig, command: readonly string[]): ContainerConfig => ({
    name: "main",
    attempt: 0,
    imageRef: "docker.io/library/busybox:latest",
    image: "busybox",
    command,
    args: [],
    workingDir: "",
    env: [],
    mounts: [],
    devices: [],
    labels: { [labels.podUid]: config.podUid, [labels.containerName]: "main" },
    annotations: {},
    logPath: "main/0.log",
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: { oomScoreAdj: 500 },
    security: {
      privileged: false,
      readOnlyRootfs: false,
      noNewPrivileges: false,
      addCapabilities: [],
      dropCapabilities: [],
      supplementalGroups: [],
      procMount: "Default",
      pidMode: "container",
    },
  });
  return {
    container,
    async run(command, more = {}) {
      const podUid = `uid-${++serial}`;
      const config: SandboxConfig = {
        podUid,
        podName: `pod-${serial}`,
        namespace: "default",
        attempt: 0,
        hostname: `pod-${serial}`,
        hostNetwork: false,
        hostPID: false,
        hostIPC: false,
        shareProcessNamespace: false,
        labels: { [labels.podUid]: podUid },
        annotations: {},
        logDirectory: `${layout.podLogs}/default_pod-${serial}_${podUid}`,
        portMappings: [],
        cgroupParent: `${layout.podsCgroup}/${podUid}`,
        sysctls: {},
        runtimeHandler: "",
        security: { privileged: false, supplementalGroups: [] },
      };
      const sandbox = await runtime.runSandbox(config, signal);
      const id = await runtime.createContainer(sandbox, { ...container(config, command), ...more }, config, signal);
      await runtime.startContainer(id, signal);
      return { sandbox, container: id, podUid, config };
    },
    async ended(podUid, id, wanted = () => true) {
      const stop = new AbortController();
      for await (const _ of runtime.events(AbortSignal.any([stop.signal, signal]))) {
        const found = (await runtime.observe(podUid, signal)).containers.find((c) => c.id === id);
        if (found?.state !== "exited" || !wanted(found)) continue;
        stop.abort();
        return found;
      }
      throw new Error(`container ${id} has not ended as wanted`);
    },
  };
}
