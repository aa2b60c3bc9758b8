// Wire types of core/pod-status.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  int64,
  known,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  quantity,
  required,
  setList,
  string,
  struct,
  time,
} from "#api/schema.ts";
import { ResourceRequirements } from "#api/core/schema/reference.ts";

export const ContainerExtendedResourceRequest = message("io.k8s.api.core.v1.ContainerExtendedResourceRequest", "", {
  containerName: required(1, string, ""),
  resourceName: required(2, string, ""),
  requestName: required(3, string, ""),
});
export interface ContainerExtendedResourceRequest extends Infer<typeof ContainerExtendedResourceRequest> {}

export const ContainerStateWaiting = message("io.k8s.api.core.v1.ContainerStateWaiting", "", {
  reason: optional(1, string, ""),
  message: optional(2, string, ""),
});
export interface ContainerStateWaiting extends Infer<typeof ContainerStateWaiting> {}

export const ContainerStateRunning = message("io.k8s.api.core.v1.ContainerStateRunning", "", {
  startedAt: optional(1, time, ""),
});
export interface ContainerStateRunning extends Infer<typeof ContainerStateRunning> {}

export const ContainerStateTerminated = message("io.k8s.api.core.v1.ContainerStateTerminated", "", {
  exitCode: required(1, int32, ""),
  signal: optional(2, int32, ""),
  reason: optional(3, string, ""),
  message: optional(4, string, ""),
  startedAt: optional(5, time, ""),
  finishedAt: optional(6, time, ""),
  containerID: optional(7, string, ""),
});
export interface ContainerStateTerminated extends Infer<typeof ContainerStateTerminated> {}

export const ContainerState = message("io.k8s.api.core.v1.ContainerState", "", {
  waiting: pointer(1, ContainerStateWaiting, ""),
  running: pointer(2, ContainerStateRunning, ""),
  terminated: pointer(3, ContainerStateTerminated, ""),
});
export interface ContainerState extends Infer<typeof ContainerState> {}

export const ImageVolumeStatus = message("io.k8s.api.core.v1.ImageVolumeStatus", "", {
  imageRef: required(1, string, "", { omitEmpty: true, maxLength: 256 }),
});
export interface ImageVolumeStatus extends Infer<typeof ImageVolumeStatus> {}

export const VolumeStatus = message("io.k8s.api.core.v1.VolumeStatus", "", {
  image: pointer(1, ImageVolumeStatus, ""),
});
export interface VolumeStatus extends Infer<typeof VolumeStatus> {}

export const VolumeMountStatus = message("io.k8s.api.core.v1.VolumeMountStatus", "", {
  name: required(1, string, ""),
  mountPath: required(2, string, ""),
  readOnly: optional(3, bool, ""),
  recursiveReadOnly: pointer(4, known("Disabled", "IfPossible", "Enabled"), ""),
  volumeStatus: pointer(5, VolumeStatus, ""),
});
export interface VolumeMountStatus extends Infer<typeof VolumeMountStatus> {}

export const LinuxContainerUser = message("io.k8s.api.core.v1.LinuxContainerUser", "", {
  uid: required(1, int64, ""),
  gid: required(2, int64, ""),
  supplementalGroups: optional(3, atomicList(int64), ""),
});
export interface LinuxContainerUser extends Infer<typeof LinuxContainerUser> {}

export const ContainerUser = message("io.k8s.api.core.v1.ContainerUser", "", {
  linux: pointer(1, LinuxContainerUser, ""),
});
export interface ContainerUser extends Infer<typeof ContainerUser> {}

export const ResourceHealth = message("io.k8s.api.core.v1.ResourceHealth", "", {
  resourceID: required(1, string, ""),
  health: optional(2, known("Healthy", "Unhealthy", "Unknown"), ""),
  message: pointer(6, string, ""),
});
export interface ResourceHealth extends Infer<typeof ResourceHealth> {}

export const ResourceStatus = message("io.k8s.api.core.v1.ResourceStatus", "", {
  name: required(
    1,
    known(
      "cpu",
      "memory",
      "storage",
      "ephemeral-storage",
      "pods",
      "services",
      "replicationcontrollers",
      "resourcequotas",
      "secrets",
      "configmaps",
      "persistentvolumeclaims",
      "services.nodeports",
      "services.loadbalancers",
      "requests.cpu",
      "requests.memory",
      "requests.storage",
      "requests.ephemeral-storage",
      "limits.cpu",
      "limits.memory",
      "limits.ephemeral-storage",
    ),
    "",
  ),
  resources: optional(2, mapList(ResourceHealth, "resourceID"), ""),
});
export interface ResourceStatus extends Infer<typeof ResourceStatus> {}

export const ContainerStatus = message("io.k8s.api.core.v1.ContainerStatus", "", {
  name: required(1, string, ""),
  state: struct(2, ContainerState, ""),
  lastState: struct(3, ContainerState, ""),
  ready: required(4, bool, ""),
  restartCount: required(5, int32, ""),
  image: required(6, string, ""),
  imageID: required(7, string, ""),
  containerID: optional(8, string, ""),
  started: pointer(9, bool, ""),
  allocatedResources: optional(10, map(quantity), ""),
  resources: pointer(11, ResourceRequirements, ""),
  volumeMounts: optional(12, mapList(VolumeMountStatus, "mountPath"), "", { patch: "merge", patchKey: "mountPath" }),
  user: pointer(13, ContainerUser, ""),
  allocatedResourcesStatus: optional(14, mapList(ResourceStatus, "name"), "", { patch: "merge", patchKey: "name" }),
  stopSignal: pointer(
    15,
    oneOf(
      "SIGABRT",
      "SIGALRM",
      "SIGBUS",
      "SIGCHLD",
      "SIGCLD",
      "SIGCONT",
      "SIGFPE",
      "SIGHUP",
      "SIGILL",
      "SIGINT",
      "SIGIO",
      "SIGIOT",
      "SIGKILL",
      "SIGPIPE",
      "SIGPOLL",
      "SIGPROF",
      "SIGPWR",
      "SIGQUIT",
      "SIGSEGV",
      "SIGSTKFLT",
      "SIGSTOP",
      "SIGSYS",
      "SIGTERM",
      "SIGTRAP",
      "SIGTSTP",
      "SIGTTIN",
      "SIGTTOU",
      "SIGURG",
      "SIGUSR1",
      "SIGUSR2",
      "SIGVTALRM",
      "SIGWINCH",
      "SIGXCPU",
      "SIGXFSZ",
      "SIGRTMIN",
      "SIGRTMIN+1",
      "SIGRTMIN+2",
      "SIGRTMIN+3",
      "SIGRTMIN+4",
      "SIGRTMIN+5",
      "SIGRTMIN+6",
      "SIGRTMIN+7",
      "SIGRTMIN+8",
      "SIGRTMIN+9",
      "SIGRTMIN+10",
      "SIGRTMIN+11",
      "SIGRTMIN+12",
      "SIGRTMIN+13",
      "SIGRTMIN+14",
      "SIGRTMIN+15",
      "SIGRTMAX-14",
      "SIGRTMAX-13",
      "SIGRTMAX-12",
      "SIGRTMAX-11",
      "SIGRTMAX-10",
      "SIGRTMAX-9",
      "SIGRTMAX-8",
      "SIGRTMAX-7",
      "SIGRTMAX-6",
      "SIGRTMAX-5",
      "SIGRTMAX-4",
      "SIGRTMAX-3",
      "SIGRTMAX-2",
      "SIGRTMAX-1",
      "SIGRTMAX",
    ),
    "",
  ),
});
export interface ContainerStatus extends Infer<typeof ContainerStatus> {}

export const HostIP = message("io.k8s.api.core.v1.HostIP", "", {
  ip: required(1, string, ""),
});
export interface HostIP extends Infer<typeof HostIP> {}

export const NodeAllocatableResourceClaimStatus = message("io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus", "", {
  resourceClaimName: required(1, string, ""),
  containers: optional(2, setList(string), ""),
  resources: required(3, map(quantity), ""),
});
export interface NodeAllocatableResourceClaimStatus extends Infer<typeof NodeAllocatableResourceClaimStatus> {}

export const PodCondition = message("io.k8s.api.core.v1.PodCondition", "", {
  type: required(
    1,
    known(
      "ContainersReady",
      "Initialized",
      "Ready",
      "PodScheduled",
      "DisruptionTarget",
      "PodReadyToStartContainers",
      "PodResizePending",
      "PodResizeInProgress",
      "AllContainersRestarting",
    ),
    "",
  ),
  observedGeneration: optional(7, int64, ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastProbeTime: optional(3, time, ""),
  lastTransitionTime: optional(4, time, ""),
  reason: optional(5, string, ""),
  message: optional(6, string, ""),
});
export interface PodCondition extends Infer<typeof PodCondition> {}

export const PodExtendedResourceClaimStatus = message("io.k8s.api.core.v1.PodExtendedResourceClaimStatus", "", {
  requestMappings: required(1, atomicList(ContainerExtendedResourceRequest), ""),
  resourceClaimName: required(2, string, ""),
});
export interface PodExtendedResourceClaimStatus extends Infer<typeof PodExtendedResourceClaimStatus> {}

export const PodIP = message("io.k8s.api.core.v1.PodIP", "", {
  ip: required(1, string, ""),
});
export interface PodIP extends Infer<typeof PodIP> {}

export const PodResourceClaimStatus = message("io.k8s.api.core.v1.PodResourceClaimStatus", "", {
  name: required(1, string, ""),
  resourceClaimName: pointer(2, string, ""),
});
export interface PodResourceClaimStatus extends Infer<typeof PodResourceClaimStatus> {}

export const PodStatus = message("io.k8s.api.core.v1.PodStatus", "", {
  observedGeneration: optional(17, int64, ""),
  phase: optional(1, oneOf("Pending", "Running", "Succeeded", "Failed", "Unknown"), ""),
  conditions: optional(2, mapList(PodCondition, "type"), "", { patch: "merge", patchKey: "type" }),
  message: optional(3, string, ""),
  reason: optional(4, string, ""),
  nominatedNodeName: optional(11, string, ""),
  hostIP: optional(5, string, ""),
  hostIPs: optional(16, atomicList(HostIP), "", { patch: "merge", patchKey: "ip" }),
  podIP: optional(6, string, ""),
  podIPs: optional(12, mapList(PodIP, "ip"), "", { patch: "merge", patchKey: "ip" }),
  startTime: pointer(7, time, ""),
  initContainerStatuses: optional(10, atomicList(ContainerStatus), ""),
  containerStatuses: optional(8, atomicList(ContainerStatus), ""),
  qosClass: optional(9, oneOf("Guaranteed", "Burstable", "BestEffort"), ""),
  ephemeralContainerStatuses: optional(13, atomicList(ContainerStatus), ""),
  resize: optional(14, known("InProgress", "Deferred", "Infeasible"), ""),
  resourceClaimStatuses: optional(15, mapList(PodResourceClaimStatus, "name"), "", {
    patch: "merge,retainKeys",
    patchKey: "name",
  }),
  extendedResourceClaimStatus: pointer(18, PodExtendedResourceClaimStatus, ""),
  allocatedResources: optional(19, map(quantity), ""),
  resources: pointer(20, ResourceRequirements, ""),
  nodeAllocatableResourceClaimStatuses: optional(21, atomicList(NodeAllocatableResourceClaimStatus), ""),
});
export interface PodStatus extends Infer<typeof PodStatus> {}
