// The messages of the container runtime interface (package runtime.v1) that are in use, with the published names and
// field numbers. Names are in camel case here; only the numbers go over the wire.
import { bool, bytes, int, ints, list, map, message, nested, optionalInt, text, texts, time } from "./message.ts";

const seccompProfile = message({ profileType: int(1), localhostRef: text(2) });
export const seccompType = { RuntimeDefault: 0, Unconfined: 1, Localhost: 2 } as const;
export const namespaceMode = { pod: 0, container: 1, node: 2, target: 3 } as const;
const namespaceOption = message({ network: int(1), pid: int(2), ipc: int(3), targetId: text(4) });

const linuxResources = message({
  cpuPeriod: int(1),
  cpuQuota: int(2),
  cpuShares: int(3),
  memoryLimitInBytes: int(4),
  oomScoreAdj: int(5),
});

const sandboxMetadata = message({ name: text(1), uid: text(2), namespace: text(3), attempt: int(4) });
export const protocolNumber = { TCP: 0, UDP: 1, SCTP: 2 } as const;
export const podSandboxConfig = message({
  metadata: nested(1, sandboxMetadata),
  hostname: text(2),
  logDirectory: text(3),
  dnsConfig: nested(4, message({ servers: texts(1), searches: texts(2), options: texts(3) })),
  portMappings: list(5, message({ protocol: int(1), containerPort: int(2), hostPort: int(3), hostIp: text(4) })),
  labels: map(6),
  annotations: map(7),
  linux: nested(
    8,
    message({
      cgroupParent: text(1),
      securityContext: nested(
        2,
        message({
          namespaceOptions: nested(1, namespaceOption),
          runAsUser: optionalInt(3),
          runAsGroup: optionalInt(8),
          supplementalGroups: ints(5),
          privileged: bool(6),
          seccomp: nested(9, seccompProfile),
        }),
      ),
      sysctls: map(3),
    }),
  ),
});

const imageSpec = message({ image: text(1), userSpecifiedImage: text(18) });
const containerMetadata = message({ name: text(1), attempt: int(2) });
export const propagationNumber = { None: 0, HostToContainer: 1, Bidirectional: 2 } as const;
export const containerConfig = message({
  metadata: nested(1, containerMetadata),
  image: nested(2, imageSpec),
  command: texts(3),
  args: texts(4),
  workingDir: text(5),
  envs: list(6, message({ key: text(1), value: text(2) })),
  mounts: list(7, message({ containerPath: text(1), hostPath: text(2), readonly: bool(3), propagation: int(5) })),
  devices: list(8, message({ containerPath: text(1), hostPath: text(2), permissions: text(3) })),
  labels: map(9),
  annotations: map(10),
  logPath: text(11),
  stdin: bool(12),
  stdinOnce: bool(13),
  tty: bool(14),
  linux: nested(
    15,
    message({
      resources: nested(1, linuxResources),
      securityContext: nested(
        2,
        message({
          capabilities: nested(1, message({ add: texts(1), drop: texts(2) })),
          privileged: bool(2),
          namespaceOptions: nested(3, namespaceOption),
          runAsUser: optionalInt(5),
          runAsGroup: optionalInt(12),
          runAsUsername: text(6),
          readonlyRootfs: bool(7),
          supplementalGroups: ints(8),
          noNewPrivs: bool(11),
          maskedPaths: texts(13),
          readonlyPaths: texts(14),
          seccomp: nested(15, seccompProfile),
        }),
      ),
    }),
  ),
  stopSignal: int(18),
});

export const sandboxState = { ready: 0, notReady: 1 } as const;
export const podSandbox = message({
  id: text(1),
  metadata: nested(2, sandboxMetadata),
  state: int(3),
  createdAt: time(4),
  labels: map(5),
  annotations: map(6),
});
export const podSandboxStatus = message({
  id: text(1),
  metadata: nested(2, sandboxMetadata),
  state: int(3),
  createdAt: time(4),
  network: nested(5, message({ ip: text(1), additionalIps: list(2, message({ ip: text(1) })) })),
  labels: map(7),
  annotations: map(8),
});

export const containerState = { created: 0, running: 1, exited: 2, unknown: 3 } as const;
export const container = message({
  id: text(1),
  podSandboxId: text(2),
  metadata: nested(3, containerMetadata),
  state: int(6),
  labels: map(8),
});
export const containerStatus = message({
  id: text(1),
  metadata: nested(2, containerMetadata),
  state: int(3),
  createdAt: time(4),
  startedAt: time(5),
  finishedAt: time(6),
  exitCode: int(7),
  image: nested(8, imageSpec),
  imageRef: text(9),
  reason: text(10),
  message: text(11),
  labels: map(12),
  annotations: map(13),
  logPath: text(15),
  user: nested(18, message({ linux: nested(1, message({ uid: int(1), gid: int(2), supplementalGroups: ints(3) })) })),
});

export const image = message({
  id: text(1),
  repoTags: texts(2),
  repoDigests: texts(3),
  size: int(4),
  uid: optionalInt(5),
  username: text(6),
  pinned: bool(8),
});
const auth = message({
  username: text(1),
  password: text(2),
  auth: text(3),
  identityToken: text(5),
  registryToken: text(6),
});

const filesystemUsage = message({
  timestamp: time(1),
  fsId: nested(2, message({ mountpoint: text(1) })),
  usedBytes: optionalInt(3),
});
const containerStats = message({
  attributes: nested(1, message({ id: text(1), metadata: nested(2, containerMetadata), labels: map(3) })),
  cpu: nested(2, message({ timestamp: time(1), usageCoreNanoSeconds: optionalInt(2) })),
  memory: nested(3, message({ workingSetBytes: optionalInt(2), usageBytes: optionalInt(4), rssBytes: optionalInt(5) })),
  writableLayer: nested(4, filesystemUsage),
});

const nothing = message({});
const sandboxId = message({ podSandboxId: text(1) });
const containerId = message({ containerId: text(1) });
const url = message({ url: text(1) });
const imageRequest = message({ image: nested(1, imageSpec) });

/** A method of a service: its path, what goes in and what comes out. */
export interface Method<Q, A> {
  readonly path: string;
  readonly request: Q;
  readonly answer: A;
  /** containerd's namespace, for its own services. */
  readonly namespace?: string;
}
const runtime = <Q, A>(name: string, request: Q, answer: A): Method<Q, A> => ({
  path: `/runtime.v1.RuntimeService/${name}`,
  request,
  answer,
});
const images = <Q, A>(name: string, request: Q, answer: A): Method<Q, A> => ({
  path: `/runtime.v1.ImageService/${name}`,
  request,
  answer,
});

const snapshots = <Q, A>(name: string, request: Q, answer: A): Method<Q, A> => ({
  path: `/containerd.services.snapshots.v1.Snapshots/${name}`,
  request,
  answer,
  namespace: "k8s.io",
});
const snapshot = { snapshotter: text(1), key: text(2) };
const mountsAnswer = message({
  mounts: list(1, message({ type: text(1), source: text(2), options: texts(4) })),
});

export const methods = {
  version: runtime(
    "Version",
    message({ version: text(1) }),
    message({ runtimeName: text(2), runtimeVersion: text(3), runtimeApiVersion: text(4) }),
  ),
  status: runtime(
    "Status",
    nothing,
    message({
      status: nested(
        1,
        message({
          conditions: list(1, message({ type: text(1), status: bool(2), reason: text(3), message: text(4) })),
        }),
      ),
    }),
  ),
  runPodSandbox: runtime(
    "RunPodSandbox",
    message({ config: nested(1, podSandboxConfig), runtimeHandler: text(2) }),
    sandboxId,
  ),
  stopPodSandbox: runtime("StopPodSandbox", sandboxId, nothing),
  removePodSandbox: runtime("RemovePodSandbox", sandboxId, nothing),
  podSandboxStatus: runtime("PodSandboxStatus", sandboxId, message({ status: nested(1, podSandboxStatus) })),
  listPodSandbox: runtime(
    "ListPodSandbox",
    message({ filter: nested(1, message({ labelSelector: map(3) })) }),
    message({ items: list(1, podSandbox) }),
  ),
  createContainer: runtime(
    "CreateContainer",
    message({ podSandboxId: text(1), config: nested(2, containerConfig), sandboxConfig: nested(3, podSandboxConfig) }),
    containerId,
  ),
  startContainer: runtime("StartContainer", containerId, nothing),
  stopContainer: runtime("StopContainer", message({ containerId: text(1), timeout: int(2) }), nothing),
  removeContainer: runtime("RemoveContainer", containerId, nothing),
  listContainers: runtime(
    "ListContainers",
    message({ filter: nested(1, message({ labelSelector: map(4) })) }),
    message({ containers: list(1, container) }),
  ),
  containerStatus: runtime("ContainerStatus", containerId, message({ status: nested(1, containerStatus) })),
  updateContainerResources: runtime(
    "UpdateContainerResources",
    message({ containerId: text(1), linux: nested(2, linuxResources) }),
    nothing,
  ),
  reopenContainerLog: runtime("ReopenContainerLog", containerId, nothing),
  execSync: runtime(
    "ExecSync",
    message({ containerId: text(1), cmd: texts(2), timeout: int(3) }),
    message({ stdout: bytes(1), stderr: bytes(2), exitCode: int(3) }),
  ),
  exec: runtime(
    "Exec",
    message({ containerId: text(1), cmd: texts(2), tty: bool(3), stdin: bool(4), stdout: bool(5), stderr: bool(6) }),
    url,
  ),
  attach: runtime(
    "Attach",
    message({ containerId: text(1), stdin: bool(2), tty: bool(3), stdout: bool(4), stderr: bool(5) }),
    url,
  ),
  portForward: runtime("PortForward", message({ podSandboxId: text(1), port: ints(2) }), url),
  listContainerStats: runtime(
    "ListContainerStats",
    message({ filter: nested(1, message({ labelSelector: map(3) })) }),
    message({ stats: list(1, containerStats) }),
  ),
  getContainerEvents: runtime(
    "GetContainerEvents",
    nothing,
    message({ containerId: text(1), podSandboxStatus: nested(4, podSandboxStatus) }),
  ),
  imageStatus: images("ImageStatus", imageRequest, message({ image: nested(1, image) })),
  imageInfo: images(
    "ImageStatus",
    message({ image: nested(1, imageSpec), verbose: bool(2) }),
    message({ image: nested(1, image), info: map(2) }),
  ),
  listImages: images("ListImages", nothing, message({ images: list(1, image) })),
  pullImage: images(
    "PullImage",
    message({ image: nested(1, imageSpec), auth: nested(2, auth), sandboxConfig: nested(3, podSandboxConfig) }),
    message({ imageRef: text(1) }),
  ),
  removeImage: images("RemoveImage", imageRequest, nothing),
  imageFsInfo: images("ImageFsInfo", nothing, message({ imageFilesystems: list(1, filesystemUsage) })),
  /** containerd's own services on the same socket. */
  viewSnapshot: snapshots("View", message({ ...snapshot, parent: text(3), labels: map(4) }), mountsAnswer),
  snapshotMounts: snapshots("Mounts", message(snapshot), mountsAnswer),
  removeSnapshot: snapshots("Remove", message(snapshot), nothing),
  subscribe: {
    path: "/containerd.services.events.v1.Events/Subscribe",
    request: message({ filters: texts(1) }),
    answer: message({ topic: text(3), event: nested(4, message({ value: bytes(2) })) }),
  },
} as const;
/** The beginning that containerd's events of tasks have in common; `id` is set when a process of an exec is meant. */
export const taskEvent = message({ containerId: text(1), id: text(2) });
