// The container runtime as the node agent sees it. Two implementations: CRI (containerd) and a simulated one for
// tests and simulated nodes; one contract suite holds both to the same behaviour.
import type { Duplex } from "node:stream";

export interface SandboxConfig {
  readonly podUid: string;
  readonly podName: string;
  readonly namespace: string;
  /** Grows with every sandbox of one pod. */
  readonly attempt: number;
  /** "" for pods on the host network. */
  readonly hostname: string;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  readonly shareProcessNamespace: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Directory that holds the containers' logs. */
  readonly logDirectory: string;
  readonly dns?: {
    readonly servers: readonly string[];
    readonly searches: readonly string[];
    readonly options: readonly string[];
  };
  readonly portMappings: readonly PortMapping[];
  readonly cgroupParent: string;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly runtimeHandler: string;
  readonly security: SandboxSecurity;
}
export interface SandboxSecurity {
  readonly privileged: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups: readonly number[];
  readonly seccomp?: SeccompSetting;
}
export interface SeccompSetting {
  readonly type: "RuntimeDefault" | "Unconfined" | "Localhost";
  /** Path on the node, for Localhost. */
  readonly path?: string;
}
export interface PortMapping {
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIP: string;
}
export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
  readonly propagation: "None" | "HostToContainer" | "Bidirectional";
}
export interface ContainerResources {
  readonly cpuShares?: number;
  /** Microseconds of CPU per period. */
  readonly cpuQuota?: number;
  readonly cpuPeriod?: number;
  readonly memoryLimitBytes?: number;
  readonly oomScoreAdj: number;
}
export interface ContainerSecurity {
  readonly privileged: boolean;
  readonly readOnlyRootfs: boolean;
  readonly noNewPrivileges: boolean;
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
  readonly runAsUser?: number;
  readonly runAsUsername?: string;
  readonly runAsGroup?: number;
  readonly supplementalGroups: readonly number[];
  readonly seccomp?: SeccompSetting;
  readonly procMount: "Default" | "Unmasked";
  /** "node" shares the host's, "pod" the sandbox's, "container" has its own, "target" that of another container. */
  readonly pidMode: "node" | "pod" | "container" | "target";
  readonly targetId?: string;
}
export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  /** What pullImage or imageStatus returned. */
  readonly imageRef: string;
  /** As the pod names it. */
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly mounts: readonly Mount[];
  readonly devices: readonly { readonly hostPath: string; readonly containerPath: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Relative to the sandbox's log directory. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly stopSignal?: string;
  readonly resources: ContainerResources;
  readonly security: ContainerSecurity;
}

export interface ObservedSandbox {
  readonly id: string;
  readonly podUid: string;
  readonly podName: string;
  readonly namespace: string;
  readonly attempt: number;
  readonly ready: boolean;
  readonly createdAt: number;
  /** Empty on the host network and while not ready. */
  readonly ips: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
export interface ObservedContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly podUid: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: "created" | "running" | "exited" | "unknown";
  readonly image: string;
  /** Digest reference of the image. */
  readonly imageRef: string;
  /** Milliseconds since the epoch; 0 when it has not happened. */
  readonly createdAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  readonly signal?: number;
  /** "Completed", "Error", "OOMKilled", "ContainerCannotRun" … */
  readonly reason: string;
  readonly message: string;
  readonly logPath: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** User and group ids the process runs with, when the runtime tells. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] };
}
export interface Observed {
  readonly sandboxes: readonly ObservedSandbox[];
  readonly containers: readonly ObservedContainer[];
}
/** Something changed in a pod; what exactly is to be observed. `podUid` is absent when anything may have changed. */
export interface RuntimeEvent {
  readonly podUid?: string;
}

export interface ImageFacts {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** The user of the image's configuration, when numeric; else its name. */
  readonly uid?: number;
  readonly username?: string;
  readonly pinned: boolean;
}
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
}
export interface ContainerUsage {
  readonly containerId: string;
  readonly name: string;
  readonly podUid: string;
  readonly timestampMs: number;
  /** Nanoseconds of CPU since start. */
  readonly cpuNanoseconds: number;
  readonly memoryWorkingSetBytes: number;
  readonly memoryUsageBytes: number;
  readonly memoryRssBytes: number;
  readonly writableLayerBytes: number;
}
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** Streams of exec and attach. `stdin` ends the process's input when it ends; `done` is the outcome. */
export interface ProcessStreams {
  readonly stdin?: NodeJS.WritableStream;
  readonly stdout?: AsyncIterable<Uint8Array>;
  readonly stderr?: AsyncIterable<Uint8Array>;
  resize(width: number, height: number): void;
  /** Exit code; rejects when the process could not be reached or started. */
  readonly done: Promise<number>;
}
export interface StreamOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** What went wrong, as the node agent must tell it apart. */
export type RuntimeErrorCode = "NotFound" | "AlreadyExists" | "DeadlineExceeded" | "Unavailable" | "Unknown";
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;
  /** The name of the gRPC status, which says more than the code. */
  readonly status: string;
  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions & { readonly status?: string }) {
    super(message, options);
    this.code = code;
    this.status = options?.status ?? code;
  }
  /** As events of upstream's node agent quote it. */
  get quoted(): string {
    return `rpc error: code = ${this.status} desc = ${this.message}`;
  }
}

/** In the words of the mount program. */
export interface ImageMount {
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}
/** Every method throws RuntimeError. Stop and remove of what is gone succeed. */
export interface ContainerRuntime {
  readonly name: string;
  version(
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly version: string; readonly apiVersion: string }>;
  /** Whether sandboxes and the network can be made; the texts say why not. */
  status(
    signal: AbortSignal,
  ): Promise<{ readonly runtimeReady: boolean; readonly networkReady: boolean; readonly message: string }>;
  /** Everything of this node, or of one pod. */
  observe(podUid: string | undefined, signal: AbortSignal): Promise<Observed>;
  /** Never ends until aborted; survives a restart of the runtime and then yields an event without podUid. */
  events(signal: AbortSignal): AsyncIterable<RuntimeEvent>;

  runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<string>;
  stopSandbox(id: string, signal: AbortSignal): Promise<void>;
  removeSandbox(id: string, signal: AbortSignal): Promise<void>;
  /** `sandbox` must be the configuration that the sandbox was made with. */
  createContainer(
    sandboxId: string,
    config: ContainerConfig,
    sandbox: SandboxConfig,
    signal: AbortSignal,
  ): Promise<string>;
  startContainer(id: string, signal: AbortSignal): Promise<void>;
  /** Sends the stop signal, and SIGKILL after `graceSeconds`. Resolves when the process is gone. */
  stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void>;
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  updateResources(id: string, resources: ContainerResources, signal: AbortSignal): Promise<void>;
  reopenLog(id: string, signal: AbortSignal): Promise<void>;

  /** Runs to its end; DeadlineExceeded when it takes longer than `timeoutMs`. */
  execSync(id: string, command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<ExecResult>;
  exec(id: string, command: readonly string[], options: StreamOptions, signal: AbortSignal): Promise<ProcessStreams>;
  attach(id: string, options: StreamOptions, signal: AbortSignal): Promise<ProcessStreams>;
  /** A connection to a port inside the sandbox's network. */
  portForward(sandboxId: string, port: number, signal: AbortSignal): Promise<Duplex>;

  imageStatus(image: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
  listImages(signal: AbortSignal): Promise<readonly ImageFacts[]>;
  /** Returns the image's reference for createContainer. */
  pullImage(
    image: string,
    auth: RegistryAuth | undefined,
    sandbox: SandboxConfig | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  removeImage(image: string, signal: AbortSignal): Promise<void>;
  /** How to mount the image's files. They are kept under `key` until they are released; asking again is harmless. */
  imageMounts(image: string, key: string, signal: AbortSignal): Promise<readonly ImageMount[]>;
  releaseImage(key: string, signal: AbortSignal): Promise<void>;
  imageFsUsage(signal: AbortSignal): Promise<{ readonly usedBytes: number; readonly mountpoint: string }>;
  stats(podUid: string | undefined, signal: AbortSignal): Promise<readonly ContainerUsage[]>;
}
