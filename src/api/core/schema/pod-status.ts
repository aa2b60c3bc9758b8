// What a node reports on a pod: phase, addresses, conditions and container states.

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
import { signalName } from "#api/core/schema/probe.ts";
import { ResourceRequirements } from "#api/core/schema/reference.ts";

export const ContainerExtendedResourceRequest = message(
  "io.k8s.api.core.v1.ContainerExtendedResourceRequest",
  "Links a container's extended resource to a request in a claim.",
  {
    containerName: required(1, string, "Container that asked for the resource."),
    resourceName: required(2, string, "Extended resource it asked for."),
    requestName: required(3, string, "Request in the claim that supplies it."),
  },
);
export interface ContainerExtendedResourceRequest extends Infer<typeof ContainerExtendedResourceRequest> {}

export const ContainerStateWaiting = message(
  "io.k8s.api.core.v1.ContainerStateWaiting",
  "A container that is not running yet, or not again.",
  {
    reason: optional(1, string, "One word for why it waits, for example ImagePullBackOff."),
    message: optional(2, string, "Explanation of the wait, for people."),
  },
);
export interface ContainerStateWaiting extends Infer<typeof ContainerStateWaiting> {}

export const ContainerStateRunning = message(
  "io.k8s.api.core.v1.ContainerStateRunning",
  "A container that is running.",
  {
    startedAt: optional(1, time, "When this run began.", { always: true }),
  },
);
export interface ContainerStateRunning extends Infer<typeof ContainerStateRunning> {}

export const ContainerStateTerminated = message(
  "io.k8s.api.core.v1.ContainerStateTerminated",
  "A container that has ended.",
  {
    exitCode: required(1, int32, "Code with which the program exited; 0 means success."),
    signal: optional(2, int32, "Number of the signal that ended it, if one did."),
    reason: optional(3, string, "One word for why it ended, for example OOMKilled."),
    message: optional(4, string, "Last words of the container, as read from its termination file."),
    startedAt: optional(5, time, "When that run began.", { always: true }),
    finishedAt: optional(6, time, "When that run ended.", { always: true }),
    containerID: optional(7, string, "Identifier of the ended container, as type://id."),
  },
);
export interface ContainerStateTerminated extends Infer<typeof ContainerStateTerminated> {}

export const ContainerState = message(
  "io.k8s.api.core.v1.ContainerState",
  "What a container is doing; one of the three is set.",
  {
    waiting: pointer(1, ContainerStateWaiting, "Set while the container has not started."),
    running: pointer(2, ContainerStateRunning, "Set while the container runs."),
    terminated: pointer(3, ContainerStateTerminated, "Set once the container has ended."),
  },
);
export interface ContainerState extends Infer<typeof ContainerState> {}

export const ImageVolumeStatus = message(
  "io.k8s.api.core.v1.ImageVolumeStatus",
  "State of a volume made from an image.",
  {
    imageRef: required(1, string, "Digest of the image that was mounted.", { omitEmpty: true, maxLength: 256 }),
  },
);
export interface ImageVolumeStatus extends Infer<typeof ImageVolumeStatus> {}

export const VolumeStatus = message("io.k8s.api.core.v1.VolumeStatus", "State of a mounted volume, by volume type.", {
  image: pointer(1, ImageVolumeStatus, "Set when the volume comes from an image."),
});
export interface VolumeStatus extends Infer<typeof VolumeStatus> {}

export const VolumeMountStatus = message(
  "io.k8s.api.core.v1.VolumeMountStatus",
  "How a volume was really mounted in a container.",
  {
    name: required(1, string, "Name of the mount, as in the container's volumeMounts."),
    mountPath: required(2, string, "Directory or file where it appears."),
    readOnly: optional(3, bool, "True if the container cannot write to it."),
    recursiveReadOnly: pointer(
      4,
      known("Disabled", "IfPossible", "Enabled"),
      "Whether mounts below are read-only too: Enabled or Disabled.",
    ),
    volumeStatus: pointer(5, VolumeStatus, "Details that depend on the kind of volume."),
  },
);
export interface VolumeMountStatus extends Infer<typeof VolumeMountStatus> {}

export const LinuxContainerUser = message(
  "io.k8s.api.core.v1.LinuxContainerUser",
  "Linux user the first process started as.",
  {
    uid: required(1, int64, "Number of the user."),
    gid: required(2, int64, "Number of the main group."),
    supplementalGroups: optional(3, atomicList(int64), "Numbers of the additional groups."),
  },
);
export interface LinuxContainerUser extends Infer<typeof LinuxContainerUser> {}

export const ContainerUser = message("io.k8s.api.core.v1.ContainerUser", "User the container started as.", {
  linux: pointer(1, LinuxContainerUser, "The user on Linux nodes."),
});
export interface ContainerUser extends Infer<typeof ContainerUser> {}

export const ResourceHealth = message("io.k8s.api.core.v1.ResourceHealth", "Health of one device.", {
  resourceID: required(1, string, "Identifier of the device on its node."),
  health: optional(2, known("Healthy", "Unhealthy", "Unknown"), "Healthy, Unhealthy, or Unknown when no news came."),
  message: pointer(6, string, "Explanation of the health, for people."),
});
export interface ResourceHealth extends Infer<typeof ResourceHealth> {}

export const ResourceStatus = message(
  "io.k8s.api.core.v1.ResourceStatus",
  "Health of the devices a container got for one resource.",
  {
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
      "Resource name, or claim:NAME/REQUEST for a device claim.",
    ),
    resources: optional(2, mapList(ResourceHealth, "resourceID"), "Health of each device."),
  },
);
export interface ResourceStatus extends Infer<typeof ResourceStatus> {}

export const ContainerStatus = message("io.k8s.api.core.v1.ContainerStatus", "State of one container of the pod.", {
  name: required(1, string, "Name of the container, as in the spec."),
  state: struct(2, ContainerState, "What the container is doing now."),
  lastState: struct(3, ContainerState, "How its previous run ended, if it was restarted."),
  ready: required(4, bool, "True when the container can serve traffic."),
  restartCount: required(5, int32, "How many times it was restarted."),
  image: required(6, string, "Image that is running, which may be named otherwise than in the spec."),
  imageID: required(7, string, "Exact image, by digest."),
  containerID: optional(8, string, "Identifier given by the runtime, as type://id."),
  started: pointer(9, bool, "True once the startup probe and the postStart hook have succeeded."),
  allocatedResources: optional(10, map(quantity), "Resources the node set aside for the container."),
  resources: pointer(11, ResourceRequirements, "Requests and limits in force right now."),
  volumeMounts: optional(12, mapList(VolumeMountStatus, "mountPath"), "How each volume was mounted.", {
    patch: "merge",
    patchKey: "mountPath",
  }),
  user: pointer(13, ContainerUser, "User and groups of the first process."),
  allocatedResourcesStatus: optional(
    14,
    mapList(ResourceStatus, "name"),
    "Health of the devices given to the container.",
    { patch: "merge", patchKey: "name" },
  ),
  stopSignal: pointer(15, signalName, "Signal that will be sent to stop it."),
});
export interface ContainerStatus extends Infer<typeof ContainerStatus> {}

export const HostIP = message("io.k8s.api.core.v1.HostIP", "One IP address of the node.", {
  ip: required(1, string, "The IP address, version 4 or 6."),
});
export interface HostIP extends Infer<typeof HostIP> {}

export const NodeAllocatableResourceClaimStatus = message(
  "io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus",
  "CPU, memory and the like that a device claim takes from the node.",
  {
    resourceClaimName: required(1, string, "Claim through which the resources are taken."),
    containers: optional(2, setList(string), "Containers of the pod that use the claim."),
    resources: required(3, map(quantity), "Amounts taken, by resource name."),
  },
);
export interface NodeAllocatableResourceClaimStatus extends Infer<typeof NodeAllocatableResourceClaimStatus> {}

export const PodCondition = message(
  "io.k8s.api.core.v1.PodCondition",
  "One observation about a pod, such as whether it is ready.",
  {
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
      "What is observed, for example Ready or PodScheduled.",
    ),
    observedGeneration: optional(7, int64, "Pod generation on which this observation is based."),
    status: required(2, known("True", "False", "Unknown"), "Whether it holds: True, False or Unknown."),
    lastProbeTime: optional(3, time, "When this was last checked.", { always: true }),
    lastTransitionTime: optional(4, time, "When status last switched to another value.", { always: true }),
    reason: optional(5, string, "One CamelCase word for why the status is what it is."),
    message: optional(6, string, "Explanation of the latest switch, for people."),
  },
);
export interface PodCondition extends Infer<typeof PodCondition> {}

export const PodExtendedResourceClaimStatus = message(
  "io.k8s.api.core.v1.PodExtendedResourceClaimStatus",
  "The claim created automatically for extended resources of the pod.",
  {
    requestMappings: required(
      1,
      atomicList(ContainerExtendedResourceRequest),
      "Which container resource is supplied by which request.",
    ),
    resourceClaimName: required(2, string, "Name of that claim."),
  },
);
export interface PodExtendedResourceClaimStatus extends Infer<typeof PodExtendedResourceClaimStatus> {}

export const PodIP = message("io.k8s.api.core.v1.PodIP", "One IP address of the pod.", {
  ip: required(1, string, "The IP address, version 4 or 6."),
});
export interface PodIP extends Infer<typeof PodIP> {}

export const PodResourceClaimStatus = message(
  "io.k8s.api.core.v1.PodResourceClaimStatus",
  "Which claim object stands behind an entry of the pod's resourceClaims.",
  {
    name: required(1, string, "Name of the entry in the pod's spec."),
    resourceClaimName: pointer(2, string, "Claim created for it; absent if none was needed."),
  },
);
export interface PodResourceClaimStatus extends Infer<typeof PodResourceClaimStatus> {}

export const PodStatus = message("io.k8s.api.core.v1.PodStatus", "What the node last reported about a pod.", {
  observedGeneration: optional(17, int64, "Generation of the spec that this status reflects."),
  phase: optional(
    1,
    oneOf("Pending", "Running", "Succeeded", "Failed", "Unknown"),
    "Summary of the pod's life: Pending, Running, Succeeded, Failed or Unknown.",
  ),
  conditions: optional(2, mapList(PodCondition, "type"), "Observations such as PodScheduled, Initialized and Ready.", {
    patch: "merge",
    patchKey: "type",
  }),
  message: optional(3, string, "Explanation of the state, for people."),
  reason: optional(4, string, "One word for why the pod is in this state, for example Evicted."),
  nominatedNodeName: optional(
    11,
    string,
    "Node expected to take the pod, often while others are evicted to make room.",
  ),
  hostIP: optional(5, string, "IP address of the node."),
  hostIPs: optional(16, atomicList(HostIP), "All IP addresses of the node; the first equals hostIP.", {
    patch: "merge",
    patchKey: "ip",
  }),
  podIP: optional(6, string, "IP address of the pod inside the cluster."),
  podIPs: optional(
    12,
    mapList(PodIP, "ip"),
    "All IP addresses of the pod, at most one per family; the first equals podIP.",
    { patch: "merge", patchKey: "ip" },
  ),
  startTime: pointer(7, time, "When the kubelet accepted the pod, before pulling images."),
  initContainerStatuses: optional(10, atomicList(ContainerStatus), "States of the init containers."),
  containerStatuses: optional(8, atomicList(ContainerStatus), "States of the main containers."),
  qosClass: optional(
    9,
    oneOf("Guaranteed", "Burstable", "BestEffort"),
    "Guaranteed, Burstable or BestEffort, from requests and limits; decides who is evicted first.",
  ),
  ephemeralContainerStatuses: optional(13, atomicList(ContainerStatus), "States of the debugging containers."),
  resize: optional(
    14,
    known("InProgress", "Deferred", "Infeasible"),
    "Old indicator of a resize in progress; see the resize conditions.",
  ),
  resourceClaimStatuses: optional(
    15,
    mapList(PodResourceClaimStatus, "name"),
    "Claims created for the pod's resourceClaims entries.",
    { patch: "merge,retainKeys", patchKey: "name" },
  ),
  extendedResourceClaimStatus: pointer(
    18,
    PodExtendedResourceClaimStatus,
    "Claim created for extended resources backed by devices.",
  ),
  allocatedResources: optional(19, map(quantity), "Resources the node set aside for the pod as a whole."),
  resources: pointer(20, ResourceRequirements, "Pod-level requests and limits in force right now."),
  nodeAllocatableResourceClaimStatuses: optional(
    21,
    atomicList(NodeAllocatableResourceClaimStatus),
    "Node resources, like CPU, taken through device claims.",
  ),
});
export interface PodStatus extends Infer<typeof PodStatus> {}
