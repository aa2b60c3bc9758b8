// Wire types of core/node.

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

export const AttachedVolume = message("io.k8s.api.core.v1.AttachedVolume", "", {
  name: required(1, string, ""),
  devicePath: required(2, string, ""),
});
export interface AttachedVolume extends Infer<typeof AttachedVolume> {}

export const PodSignature = message("io.k8s.api.core.v1.PodSignature", "", {
  podController: pointer(1, OwnerReference, ""),
});
export interface PodSignature extends Infer<typeof PodSignature> {}

export const PreferAvoidPodsEntry = message("io.k8s.api.core.v1.PreferAvoidPodsEntry", "", {
  podSignature: required(1, PodSignature, ""),
  evictionTime: optional(2, time, ""),
  reason: optional(3, string, ""),
  message: optional(4, string, ""),
});
export interface PreferAvoidPodsEntry extends Infer<typeof PreferAvoidPodsEntry> {}

export const AvoidPods = message("io.k8s.api.core.v1.AvoidPods", "", {
  preferAvoidPods: optional(1, atomicList(PreferAvoidPodsEntry), ""),
});
export interface AvoidPods extends Infer<typeof AvoidPods> {}

export const ConfigMapNodeConfigSource = message("io.k8s.api.core.v1.ConfigMapNodeConfigSource", "", {
  namespace: required(1, string, ""),
  name: required(2, string, ""),
  uid: optional(3, string, ""),
  resourceVersion: optional(4, string, ""),
  kubeletConfigKey: required(5, string, ""),
});
export interface ConfigMapNodeConfigSource extends Infer<typeof ConfigMapNodeConfigSource> {}

export const ContainerImage = message("io.k8s.api.core.v1.ContainerImage", "", {
  names: optional(1, atomicList(string), "", { always: true }),
  sizeBytes: optional(2, int64, ""),
});
export interface ContainerImage extends Infer<typeof ContainerImage> {}

export const DaemonEndpoint = message("io.k8s.api.core.v1.DaemonEndpoint", "", {
  Port: required(1, int32, ""),
});
export interface DaemonEndpoint extends Infer<typeof DaemonEndpoint> {}

export const NodeConfigSource = message("io.k8s.api.core.v1.NodeConfigSource", "", {
  configMap: pointer(2, ConfigMapNodeConfigSource, ""),
});
export interface NodeConfigSource extends Infer<typeof NodeConfigSource> {}

export const NodeSpec = message("io.k8s.api.core.v1.NodeSpec", "", {
  podCIDR: optional(1, string, ""),
  podCIDRs: optional(7, setList(string), "", { patch: "merge" }),
  providerID: optional(3, string, ""),
  unschedulable: optional(4, bool, ""),
  taints: optional(5, atomicList(Taint), ""),
  configSource: pointer(6, NodeConfigSource, ""),
  externalID: optional(2, string, ""),
});
export interface NodeSpec extends Infer<typeof NodeSpec> {}

export const NodeCondition = message("io.k8s.api.core.v1.NodeCondition", "", {
  type: required(1, known("Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"), ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastHeartbeatTime: optional(3, time, ""),
  lastTransitionTime: optional(4, time, ""),
  reason: optional(5, string, ""),
  message: optional(6, string, ""),
});
export interface NodeCondition extends Infer<typeof NodeCondition> {}

export const NodeAddress = message("io.k8s.api.core.v1.NodeAddress", "", {
  type: required(1, known("Hostname", "InternalIP", "ExternalIP", "InternalDNS", "ExternalDNS"), ""),
  address: required(2, string, ""),
});
export interface NodeAddress extends Infer<typeof NodeAddress> {}

export const NodeDaemonEndpoints = message("io.k8s.api.core.v1.NodeDaemonEndpoints", "", {
  kubeletEndpoint: struct(1, DaemonEndpoint, ""),
});
export interface NodeDaemonEndpoints extends Infer<typeof NodeDaemonEndpoints> {}

export const NodeSwapStatus = message("io.k8s.api.core.v1.NodeSwapStatus", "", {
  capacity: pointer(1, int64, ""),
});
export interface NodeSwapStatus extends Infer<typeof NodeSwapStatus> {}

export const NodeSystemInfo = message("io.k8s.api.core.v1.NodeSystemInfo", "", {
  machineID: required(1, string, ""),
  systemUUID: required(2, string, ""),
  bootID: required(3, string, ""),
  kernelVersion: required(4, string, ""),
  osImage: required(5, string, ""),
  containerRuntimeVersion: required(6, string, ""),
  kubeletVersion: required(7, string, ""),
  kubeProxyVersion: required(8, string, ""),
  operatingSystem: required(9, string, ""),
  architecture: required(10, string, ""),
  swap: pointer(11, NodeSwapStatus, ""),
});
export interface NodeSystemInfo extends Infer<typeof NodeSystemInfo> {}

export const NodeConfigStatus = message("io.k8s.api.core.v1.NodeConfigStatus", "", {
  assigned: pointer(1, NodeConfigSource, ""),
  active: pointer(2, NodeConfigSource, ""),
  lastKnownGood: pointer(3, NodeConfigSource, ""),
  error: optional(4, string, ""),
});
export interface NodeConfigStatus extends Infer<typeof NodeConfigStatus> {}

export const NodeRuntimeHandlerFeatures = message("io.k8s.api.core.v1.NodeRuntimeHandlerFeatures", "", {
  recursiveReadOnlyMounts: pointer(1, bool, ""),
  userNamespaces: pointer(2, bool, ""),
});
export interface NodeRuntimeHandlerFeatures extends Infer<typeof NodeRuntimeHandlerFeatures> {}

export const NodeRuntimeHandler = message("io.k8s.api.core.v1.NodeRuntimeHandler", "", {
  name: optional(1, string, "", { always: true }),
  features: pointer(2, NodeRuntimeHandlerFeatures, ""),
});
export interface NodeRuntimeHandler extends Infer<typeof NodeRuntimeHandler> {}

export const NodeFeatures = message("io.k8s.api.core.v1.NodeFeatures", "", {
  supplementalGroupsPolicy: pointer(1, bool, ""),
});
export interface NodeFeatures extends Infer<typeof NodeFeatures> {}

export const NodeStatus = message("io.k8s.api.core.v1.NodeStatus", "", {
  capacity: optional(1, map(quantity), ""),
  allocatable: optional(2, map(quantity), ""),
  phase: optional(3, oneOf("Pending", "Running", "Terminated"), ""),
  conditions: optional(4, mapList(NodeCondition, "type"), "", { patch: "merge", patchKey: "type" }),
  addresses: optional(5, mapList(NodeAddress, "type"), "", { patch: "merge", patchKey: "type" }),
  daemonEndpoints: struct(6, NodeDaemonEndpoints, ""),
  nodeInfo: struct(7, NodeSystemInfo, ""),
  images: optional(8, atomicList(ContainerImage), ""),
  volumesInUse: optional(9, atomicList(string), ""),
  volumesAttached: optional(10, atomicList(AttachedVolume), ""),
  config: pointer(11, NodeConfigStatus, ""),
  runtimeHandlers: optional(12, atomicList(NodeRuntimeHandler), ""),
  features: pointer(13, NodeFeatures, ""),
  declaredFeatures: optional(14, atomicList(string), ""),
});
export interface NodeStatus extends Infer<typeof NodeStatus> {}

export const Node = topLevel("io.k8s.api.core.v1.Node", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, NodeSpec, "What is wanted."),
  status: struct(3, NodeStatus, "What was last observed; written by the system."),
});
export interface Node extends Infer<typeof Node> {}
