// Nodes: the machines of the cluster, their capacity, health and software versions.

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
  topLevel,
} from "#api/schema.ts";
import { Taint } from "#api/core/schema/node-selector.ts";
import { ObjectMeta, OwnerReference } from "#api/meta/schema.ts";

export const AttachedVolume = message("io.k8s.api.core.v1.AttachedVolume", "A volume that is connected to a node.", {
  name: required(1, string, "Internal unique name of the volume."),
  devicePath: required(2, string, "Device file under which the node sees it."),
});
export interface AttachedVolume extends Infer<typeof AttachedVolume> {}

export const PodSignature = message(
  "io.k8s.api.core.v1.PodSignature",
  "Describes a group of pods by what created them.",
  {
    podController: pointer(1, OwnerReference, "The controller that owns these pods."),
  },
);
export interface PodSignature extends Infer<typeof PodSignature> {}

export const PreferAvoidPodsEntry = message(
  "io.k8s.api.core.v1.PreferAvoidPodsEntry",
  "One kind of pod the node would rather not host.",
  {
    podSignature: required(1, PodSignature, "Which pods this entry is about."),
    evictionTime: optional(2, time, "When such a pod was removed from the node.", { always: true }),
    reason: optional(3, string, "One word that says why the entry exists."),
    message: optional(4, string, "Explanation of the entry, for people."),
  },
);
export interface PreferAvoidPodsEntry extends Infer<typeof PreferAvoidPodsEntry> {}

export const AvoidPods = message(
  "io.k8s.api.core.v1.AvoidPods",
  "Pods a node would rather not host, kept in an annotation.",
  {
    preferAvoidPods: optional(1, atomicList(PreferAvoidPodsEntry), "The kinds of pod to steer elsewhere."),
  },
);
export interface AvoidPods extends Infer<typeof AvoidPods> {}

export const ConfigMapNodeConfigSource = message(
  "io.k8s.api.core.v1.ConfigMapNodeConfigSource",
  "A config map that held kubelet settings (feature removed).",
  {
    namespace: required(1, string, "Namespace of the config map."),
    name: required(2, string, "Name of the config map."),
    uid: optional(3, string, "Identifier of the exact config map; only meaningful in status."),
    resourceVersion: optional(4, string, "Version of the config map that was read; only meaningful in status."),
    kubeletConfigKey: required(5, string, "Key in the config map that holds the kubelet settings."),
  },
);
export interface ConfigMapNodeConfigSource extends Infer<typeof ConfigMapNodeConfigSource> {}

export const ContainerImage = message("io.k8s.api.core.v1.ContainerImage", "An image stored on the node.", {
  names: optional(1, atomicList(string), "All names by which the node knows the image.", { always: true }),
  sizeBytes: optional(2, int64, "Size of the image in bytes."),
});
export interface ContainerImage extends Infer<typeof ContainerImage> {}

export const DaemonEndpoint = message("io.k8s.api.core.v1.DaemonEndpoint", "Where a node daemon listens.", {
  Port: required(1, int32, "Port number of the daemon."),
});
export interface DaemonEndpoint extends Infer<typeof DaemonEndpoint> {}

export const NodeConfigSource = message(
  "io.k8s.api.core.v1.NodeConfigSource",
  "Where kubelet settings used to come from (feature removed).",
  {
    configMap: pointer(2, ConfigMapNodeConfigSource, "The config map with the settings."),
  },
);
export interface NodeConfigSource extends Infer<typeof NodeConfigSource> {}

export const NodeSpec = message("io.k8s.api.core.v1.NodeSpec", "Wanted settings of a node.", {
  podCIDR: optional(1, string, "Address range from which pods on this node get their IP."),
  podCIDRs: optional(7, setList(string), "Pod address ranges, at most one per IP family; the first equals podCIDR.", {
    patch: "merge",
  }),
  providerID: optional(3, string, "Identifier of the machine at the cloud provider, as provider://id."),
  unschedulable: optional(4, bool, "When true, no new pods are placed here; kubectl cordon sets it."),
  taints: optional(5, atomicList(Taint), "Marks that keep away pods which do not tolerate them."),
  configSource: pointer(6, NodeConfigSource, "No longer used; was the source of kubelet settings."),
  externalID: optional(2, string, "No longer used; do not set it."),
});
export interface NodeSpec extends Infer<typeof NodeSpec> {}

export const NodeCondition = message("io.k8s.api.core.v1.NodeCondition", "One health observation about a node.", {
  type: required(
    1,
    known("Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"),
    "What is observed, for example Ready or MemoryPressure.",
  ),
  status: required(2, known("True", "False", "Unknown"), "Whether it holds: True, False or Unknown."),
  lastHeartbeatTime: optional(3, time, "When the node last reported this condition.", { always: true }),
  lastTransitionTime: optional(4, time, "When status last switched to another value.", { always: true }),
  reason: optional(5, string, "One CamelCase word for why the status is what it is."),
  message: optional(6, string, "Explanation of the latest switch, for people."),
});
export interface NodeCondition extends Infer<typeof NodeCondition> {}

export const NodeAddress = message("io.k8s.api.core.v1.NodeAddress", "One way to reach a node.", {
  type: required(
    1,
    known("Hostname", "InternalIP", "ExternalIP", "InternalDNS", "ExternalDNS"),
    "Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.",
  ),
  address: required(2, string, "The IP address or host name itself."),
});
export interface NodeAddress extends Infer<typeof NodeAddress> {}

export const NodeDaemonEndpoints = message(
  "io.k8s.api.core.v1.NodeDaemonEndpoints",
  "Ports of the daemons on a node.",
  {
    kubeletEndpoint: struct(1, DaemonEndpoint, "Where the kubelet serves its API, usually port 10250."),
  },
);
export interface NodeDaemonEndpoints extends Infer<typeof NodeDaemonEndpoints> {}

export const NodeSwapStatus = message("io.k8s.api.core.v1.NodeSwapStatus", "Swap space of the node.", {
  capacity: pointer(1, int64, "Total swap in bytes."),
});
export interface NodeSwapStatus extends Infer<typeof NodeSwapStatus> {}

export const NodeSystemInfo = message(
  "io.k8s.api.core.v1.NodeSystemInfo",
  "Hardware and software identity of a node.",
  {
    machineID: required(1, string, "Identifier of the installed system, from /etc/machine-id on Linux."),
    systemUUID: required(2, string, "Hardware identifier given by the firmware."),
    bootID: required(3, string, "Identifier that changes at each boot."),
    kernelVersion: required(4, string, "Kernel release, as uname -r prints it."),
    osImage: required(5, string, "Full name of the operating system, for example Debian GNU/Linux 12."),
    containerRuntimeVersion: required(6, string, "Container runtime and its version, for example containerd://2.0.0."),
    kubeletVersion: required(7, string, "Version of the kubelet on this node."),
    kubeProxyVersion: required(8, string, "No longer filled in; was the version of kube-proxy."),
    operatingSystem: required(9, string, "Family of the system: linux or windows."),
    architecture: required(10, string, "Processor type, for example amd64 or arm64."),
    swap: pointer(11, NodeSwapStatus, "How much swap space the node has."),
  },
);
export interface NodeSystemInfo extends Infer<typeof NodeSystemInfo> {}

export const NodeConfigStatus = message(
  "io.k8s.api.core.v1.NodeConfigStatus",
  "State of the kubelet settings loaded from a config map (feature removed).",
  {
    assigned: pointer(1, NodeConfigSource, "Settings the node was told to use."),
    active: pointer(2, NodeConfigSource, "Settings the node is using now."),
    lastKnownGood: pointer(3, NodeConfigSource, "Settings to fall back on if the assigned ones fail."),
    error: optional(4, string, "Why the assigned settings could not be used."),
  },
);
export interface NodeConfigStatus extends Infer<typeof NodeConfigStatus> {}

export const NodeRuntimeHandlerFeatures = message(
  "io.k8s.api.core.v1.NodeRuntimeHandlerFeatures",
  "What one runtime handler is able to do.",
  {
    recursiveReadOnlyMounts: pointer(1, bool, "True if it can make nested mounts read-only as well."),
    userNamespaces: pointer(2, bool, "True if pods can get their own user namespace."),
  },
);
export interface NodeRuntimeHandlerFeatures extends Infer<typeof NodeRuntimeHandlerFeatures> {}

export const NodeRuntimeHandler = message(
  "io.k8s.api.core.v1.NodeRuntimeHandler",
  "A way of running containers offered by the node.",
  {
    name: optional(1, string, "Name used by a RuntimeClass; empty for the default handler.", { always: true }),
    features: pointer(2, NodeRuntimeHandlerFeatures, "What this handler can do."),
  },
);
export interface NodeRuntimeHandler extends Infer<typeof NodeRuntimeHandler> {}

export const NodeFeatures = message(
  "io.k8s.api.core.v1.NodeFeatures",
  "What the container runtime of the node can do.",
  {
    supplementalGroupsPolicy: pointer(1, bool, "True if pods may choose how supplementary groups are set."),
  },
);
export interface NodeFeatures extends Infer<typeof NodeFeatures> {}

export const NodeStatus = message("io.k8s.api.core.v1.NodeStatus", "What a node last reported about itself.", {
  capacity: optional(1, map(quantity), "Everything the machine has, by resource name."),
  allocatable: optional(
    2,
    map(quantity),
    "What remains for pods once the system has its share; equals capacity by default.",
  ),
  phase: optional(3, oneOf("Pending", "Running", "Terminated"), "No longer used; look at conditions."),
  conditions: optional(4, mapList(NodeCondition, "type"), "Health observations, such as Ready and DiskPressure.", {
    patch: "merge",
    patchKey: "type",
  }),
  addresses: optional(5, mapList(NodeAddress, "type"), "Names and IP addresses of the node.", {
    patch: "merge",
    patchKey: "type",
  }),
  daemonEndpoints: struct(6, NodeDaemonEndpoints, "Ports on which node daemons listen."),
  nodeInfo: struct(7, NodeSystemInfo, "Identity and versions of the hardware and software."),
  images: optional(8, atomicList(ContainerImage), "Container images present on the node."),
  volumesInUse: optional(9, atomicList(string), "Volumes now mounted by pods on the node; not safe to detach."),
  volumesAttached: optional(10, atomicList(AttachedVolume), "Volumes connected to the node."),
  config: pointer(11, NodeConfigStatus, "No longer used; state of settings loaded from a config map."),
  runtimeHandlers: optional(
    12,
    atomicList(NodeRuntimeHandler),
    "Ways of running containers that a RuntimeClass can pick.",
  ),
  features: pointer(13, NodeFeatures, "Abilities of the container runtime."),
  declaredFeatures: optional(
    14,
    atomicList(string),
    "Features the kubelet says it supports, used to match pods to nodes.",
  ),
});
export interface NodeStatus extends Infer<typeof NodeStatus> {}

export const Node = topLevel("io.k8s.api.core.v1.Node", "A machine, physical or virtual, that runs pods.", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, NodeSpec, "Settings such as taints and whether new pods are accepted."),
  status: struct(3, NodeStatus, "Capacity, health and addresses, reported by the kubelet."),
});
export interface Node extends Infer<typeof Node> {}
