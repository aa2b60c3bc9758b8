// Wire types of core/pod-spec.

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
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { Container, EphemeralContainer } from "#api/core/schema/container.ts";
import { Affinity, Toleration, TopologySpreadConstraint } from "#api/core/schema/node-selector.ts";
import { PodStatus } from "#api/core/schema/pod-status.ts";
import { LocalObjectReference, ResourceRequirements } from "#api/core/schema/reference.ts";
import { PodSecurityContext } from "#api/core/schema/security-context.ts";
import { Volume } from "#api/core/schema/volume.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const HostAlias = message("io.k8s.api.core.v1.HostAlias", "", {
  ip: required(1, string, ""),
  hostnames: optional(2, atomicList(string), ""),
});
export interface HostAlias extends Infer<typeof HostAlias> {}

export const PodDNSConfigOption = message("io.k8s.api.core.v1.PodDNSConfigOption", "", {
  name: optional(1, string, ""),
  value: pointer(2, string, ""),
});
export interface PodDNSConfigOption extends Infer<typeof PodDNSConfigOption> {}

export const PodDNSConfig = message("io.k8s.api.core.v1.PodDNSConfig", "", {
  nameservers: optional(1, atomicList(string), ""),
  searches: optional(2, atomicList(string), ""),
  options: optional(3, atomicList(PodDNSConfigOption), ""),
});
export interface PodDNSConfig extends Infer<typeof PodDNSConfig> {}

export const PodReadinessGate = message("io.k8s.api.core.v1.PodReadinessGate", "", {
  conditionType: required(
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
});
export interface PodReadinessGate extends Infer<typeof PodReadinessGate> {}

export const PodOS = message("io.k8s.api.core.v1.PodOS", "", {
  name: required(1, known("linux", "windows"), ""),
});
export interface PodOS extends Infer<typeof PodOS> {}

export const PodSchedulingGate = message("io.k8s.api.core.v1.PodSchedulingGate", "", {
  name: required(1, string, ""),
});
export interface PodSchedulingGate extends Infer<typeof PodSchedulingGate> {}

export const PodResourceClaim = message("io.k8s.api.core.v1.PodResourceClaim", "", {
  name: required(1, string, ""),
  resourceClaimName: pointer(3, string, ""),
  resourceClaimTemplateName: pointer(4, string, ""),
});
export interface PodResourceClaim extends Infer<typeof PodResourceClaim> {}

export const PodSchedulingGroup = message("io.k8s.api.core.v1.PodSchedulingGroup", "", {
  podGroupName: pointer(1, string, ""),
});
export interface PodSchedulingGroup extends Infer<typeof PodSchedulingGroup> {}

export const PodSpec = message("io.k8s.api.core.v1.PodSpec", "", {
  volumes: optional(1, mapList(Volume, "name"), "", { patch: "merge,retainKeys", patchKey: "name" }),
  initContainers: optional(20, mapList(Container, "name"), "", { patch: "merge", patchKey: "name" }),
  containers: required(2, mapList(Container, "name"), "", { patch: "merge", patchKey: "name" }),
  ephemeralContainers: optional(34, mapList(EphemeralContainer, "name"), "", { patch: "merge", patchKey: "name" }),
  restartPolicy: optional(3, oneOf("Always", "OnFailure", "Never"), ""),
  terminationGracePeriodSeconds: pointer(4, int64, ""),
  activeDeadlineSeconds: pointer(5, int64, ""),
  dnsPolicy: optional(6, oneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"), ""),
  nodeSelector: optional(7, map(string, { atomic: true }), ""),
  serviceAccountName: optional(8, string, ""),
  serviceAccount: optional(9, string, ""),
  automountServiceAccountToken: pointer(21, bool, ""),
  nodeName: optional(10, string, ""),
  hostNetwork: optional(11, bool, ""),
  hostPID: optional(12, bool, ""),
  hostIPC: optional(13, bool, ""),
  shareProcessNamespace: pointer(27, bool, ""),
  securityContext: pointer(14, PodSecurityContext, ""),
  imagePullSecrets: optional(15, mapList(LocalObjectReference, "name"), "", { patch: "merge", patchKey: "name" }),
  hostname: optional(16, string, ""),
  subdomain: optional(17, string, ""),
  affinity: pointer(18, Affinity, ""),
  schedulerName: optional(19, string, ""),
  tolerations: optional(22, atomicList(Toleration), ""),
  hostAliases: optional(23, mapList(HostAlias, "ip"), "", { patch: "merge", patchKey: "ip" }),
  priorityClassName: optional(24, string, ""),
  priority: pointer(25, int32, ""),
  dnsConfig: pointer(26, PodDNSConfig, ""),
  readinessGates: optional(28, atomicList(PodReadinessGate), ""),
  runtimeClassName: pointer(29, string, ""),
  enableServiceLinks: pointer(30, bool, ""),
  preemptionPolicy: pointer(31, oneOf("PreemptLowerPriority", "Never"), ""),
  overhead: optional(32, map(quantity), ""),
  topologySpreadConstraints: optional(33, mapList(TopologySpreadConstraint, "topologyKey", "whenUnsatisfiable"), "", {
    patch: "merge",
    patchKey: "topologyKey",
  }),
  setHostnameAsFQDN: pointer(35, bool, ""),
  os: pointer(36, PodOS, ""),
  hostUsers: pointer(37, bool, ""),
  schedulingGates: optional(38, mapList(PodSchedulingGate, "name"), "", { patch: "merge", patchKey: "name" }),
  resourceClaims: optional(39, mapList(PodResourceClaim, "name"), "", { patch: "merge,retainKeys", patchKey: "name" }),
  resources: pointer(40, ResourceRequirements, ""),
  hostnameOverride: pointer(41, string, ""),
  schedulingGroup: pointer(43, PodSchedulingGroup, ""),
});
export interface PodSpec extends Infer<typeof PodSpec> {}

export const Pod = topLevel("io.k8s.api.core.v1.Pod", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, PodSpec, "What is wanted."),
  status: struct(3, PodStatus, "What was last observed; written by the system."),
});
export interface Pod extends Infer<typeof Pod> {}

export const PodTemplateSpec = message("io.k8s.api.core.v1.PodTemplateSpec", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, PodSpec, "What is wanted."),
});
export interface PodTemplateSpec extends Infer<typeof PodTemplateSpec> {}

export const PodTemplate = topLevel("io.k8s.api.core.v1.PodTemplate", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  template: struct(2, PodTemplateSpec, ""),
});
export interface PodTemplate extends Infer<typeof PodTemplate> {}
