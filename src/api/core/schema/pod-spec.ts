// Pods and pod templates: containers, volumes, scheduling, DNS and identity.

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

export const HostAlias = message(
  "io.k8s.api.core.v1.HostAlias",
  "Extra host names for one IP address, added to /etc/hosts.",
  {
    ip: required(1, string, "The IP address the names stand for."),
    hostnames: optional(2, atomicList(string), "Names that resolve to the address."),
  },
);
export interface HostAlias extends Infer<typeof HostAlias> {}

export const PodDNSConfigOption = message("io.k8s.api.core.v1.PodDNSConfigOption", "One option of the DNS resolver.", {
  name: optional(1, string, "Option name, for example ndots."),
  value: pointer(2, string, "Option value, if it takes one."),
});
export interface PodDNSConfigOption extends Infer<typeof PodDNSConfigOption> {}

export const PodDNSConfig = message(
  "io.k8s.api.core.v1.PodDNSConfig",
  "DNS settings added to those that dnsPolicy gives.",
  {
    nameservers: optional(1, atomicList(string), "DNS server addresses to add, three at most in total."),
    searches: optional(2, atomicList(string), "Domains to try, in order, when looking up a short name."),
    options: optional(3, atomicList(PodDNSConfigOption), "Resolver options to add or override."),
  },
);
export interface PodDNSConfig extends Infer<typeof PodDNSConfig> {}

export const PodReadinessGate = message(
  "io.k8s.api.core.v1.PodReadinessGate",
  "An extra condition that must be True for the pod to be ready.",
  {
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
      "Type of the condition to look for in the pod's status.",
    ),
  },
);
export interface PodReadinessGate extends Infer<typeof PodReadinessGate> {}

export const PodOS = message("io.k8s.api.core.v1.PodOS", "Operating system the pod is made for.", {
  name: required(1, known("linux", "windows"), "Either linux or windows; decides which security fields may be set."),
});
export interface PodOS extends Infer<typeof PodOS> {}

export const PodSchedulingGate = message(
  "io.k8s.api.core.v1.PodSchedulingGate",
  "A named hold that keeps a pod from being scheduled.",
  {
    name: required(1, string, "Name of the hold; its owner removes the entry when done."),
  },
);
export interface PodSchedulingGate extends Infer<typeof PodSchedulingGate> {}

export const PodResourceClaim = message(
  "io.k8s.api.core.v1.PodResourceClaim",
  "A device claim, such as for a GPU, that the pod uses.",
  {
    name: required(1, string, "Name by which containers of the pod refer to the claim."),
    resourceClaimName: pointer(3, string, "Existing claim in this namespace to use; excludes the template."),
    resourceClaimTemplateName: pointer(4, string, "Template from which a claim is made for this pod alone."),
  },
);
export interface PodResourceClaim extends Infer<typeof PodResourceClaim> {}

export const PodSchedulingGroup = message(
  "io.k8s.api.core.v1.PodSchedulingGroup",
  "Ties the pod to others that are scheduled together.",
  {
    podGroupName: pointer(1, string, "Name of the PodGroup, in the same namespace, to join."),
  },
);
export interface PodSchedulingGroup extends Infer<typeof PodSchedulingGroup> {}

export const PodSpec = message("io.k8s.api.core.v1.PodSpec", "What a pod should run and how.", {
  volumes: optional(1, mapList(Volume, "name"), "Storage that containers of the pod can mount.", {
    patch: "merge,retainKeys",
    patchKey: "name",
  }),
  initContainers: optional(
    20,
    mapList(Container, "name"),
    "Containers run one after another to completion before the main ones start.",
    { patch: "merge", patchKey: "name" },
  ),
  containers: required(
    2,
    mapList(Container, "name"),
    "The programs to run side by side; at least one, fixed after creation.",
    { patch: "merge", patchKey: "name" },
  ),
  ephemeralContainers: optional(
    34,
    mapList(EphemeralContainer, "name"),
    "Debugging containers, added only through the ephemeralcontainers subresource.",
    { patch: "merge", patchKey: "name" },
  ),
  restartPolicy: optional(
    3,
    oneOf("Always", "OnFailure", "Never"),
    "When ended containers are restarted: Always (default), OnFailure or Never.",
    { default: "Always" },
  ),
  terminationGracePeriodSeconds: pointer(
    4,
    int64,
    "Seconds containers get to stop before being killed; 30 by default.",
    { default: 30 },
  ),
  activeDeadlineSeconds: pointer(5, int64, "Seconds the pod may run on its node before it is failed and stopped."),
  dnsPolicy: optional(
    6,
    oneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
    "Where name lookup settings come from; ClusterFirst by default.",
    { default: "ClusterFirst" },
  ),
  nodeSelector: optional(7, map(string, { atomic: true }), "Labels a node must have for the pod to run there."),
  serviceAccountName: optional(8, string, "Identity of the pod towards the API; default if none is given."),
  serviceAccount: optional(9, string, "Old name of serviceAccountName; use that instead."),
  automountServiceAccountToken: pointer(21, bool, "When false, no API token is placed in the containers."),
  nodeName: optional(10, string, "Node the pod runs on; normally set by the scheduler, setting it skips scheduling."),
  hostNetwork: optional(11, bool, "When true, the pod uses the node's own network and IP; false by default."),
  hostPID: optional(12, bool, "When true, containers see the processes of the node; false by default."),
  hostIPC: optional(13, bool, "When true, containers share the node's IPC area; false by default."),
  shareProcessNamespace: pointer(
    27,
    bool,
    "When true, containers of the pod see each other's processes; false by default.",
  ),
  securityContext: pointer(
    14,
    PodSecurityContext,
    "Security settings for the whole pod and defaults for its containers.",
    { default: {} },
  ),
  imagePullSecrets: optional(
    15,
    mapList(LocalObjectReference, "name"),
    "Secrets with registry logins for pulling the images.",
    { patch: "merge", patchKey: "name" },
  ),
  hostname: optional(16, string, "Host name inside the pod; the pod's name by default."),
  subdomain: optional(17, string, "Together with a headless service of that name, gives the pod a DNS name."),
  affinity: pointer(18, Affinity, "Rules on which nodes to use and which pods to be near or far from."),
  schedulerName: optional(19, string, "Scheduler that places the pod; default-scheduler by default.", {
    default: "default-scheduler",
  }),
  tolerations: optional(22, atomicList(Toleration), "Node taints the pod puts up with."),
  hostAliases: optional(23, mapList(HostAlias, "ip"), "Lines to add to /etc/hosts in the containers.", {
    patch: "merge",
    patchKey: "ip",
  }),
  priorityClassName: optional(24, string, "Priority class that decides how important the pod is."),
  priority: pointer(25, int32, "Importance as a number, filled in from the class; higher goes first."),
  dnsConfig: pointer(26, PodDNSConfig, "DNS settings to add to those of dnsPolicy."),
  readinessGates: optional(
    28,
    atomicList(PodReadinessGate),
    "Extra conditions that must be True before the pod counts as ready.",
  ),
  runtimeClassName: pointer(
    29,
    string,
    "RuntimeClass that says which container runtime to use; absent for the default.",
  ),
  enableServiceLinks: pointer(
    30,
    bool,
    "When true (default), each service of the namespace is announced through environment variables.",
  ),
  preemptionPolicy: pointer(
    31,
    oneOf("PreemptLowerPriority", "Never"),
    "PreemptLowerPriority (default) may evict lesser pods to make room; Never only waits.",
  ),
  overhead: optional(
    32,
    map(quantity),
    "Extra resources the runtime itself uses per pod; filled in from the RuntimeClass.",
  ),
  topologySpreadConstraints: optional(
    33,
    mapList(TopologySpreadConstraint, "topologyKey", "whenUnsatisfiable"),
    "How pods of this kind are spread over zones and nodes.",
    { patch: "merge", patchKey: "topologyKey" },
  ),
  setHostnameAsFQDN: pointer(35, bool, "When true, the host name is the full DNS name; false by default."),
  os: pointer(36, PodOS, "Operating system of the containers; the node must have the same."),
  hostUsers: pointer(
    37,
    bool,
    "When false, the pod gets its own user namespace, so root inside is unprivileged outside.",
  ),
  schedulingGates: optional(
    38,
    mapList(PodSchedulingGate, "name"),
    "Holds that keep the pod unscheduled until all are removed.",
    { patch: "merge", patchKey: "name" },
  ),
  resourceClaims: optional(
    39,
    mapList(PodResourceClaim, "name"),
    "Device claims that must be ready before the pod starts.",
    { patch: "merge,retainKeys", patchKey: "name" },
  ),
  resources: pointer(40, ResourceRequirements, "Requests and limits for the pod as a whole, shared by its containers."),
  hostnameOverride: pointer(41, string, "Exact host name, used in place of hostname, subdomain and the pod's name."),
  schedulingGroup: pointer(43, PodSchedulingGroup, "Group of pods to schedule together with this one."),
});
export interface PodSpec extends Infer<typeof PodSpec> {}

export const Pod = topLevel(
  "io.k8s.api.core.v1.Pod",
  "One or more containers that run together on one node and share network and volumes.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, PodSpec, "Containers to run and how; mostly fixed after creation."),
    status: struct(3, PodStatus, "State of the pod, reported by its node."),
  },
);
export interface Pod extends Infer<typeof Pod> {}

export const PodTemplateSpec = message(
  "io.k8s.api.core.v1.PodTemplateSpec",
  "Model from which a controller makes pods.",
  {
    metadata: struct(
      1,
      ObjectMeta,
      "Labels and annotations the pods get; labels must match the controller's selector.",
    ),
    spec: struct(2, PodSpec, "Contents of the pods to make."),
  },
);
export interface PodTemplateSpec extends Infer<typeof PodTemplateSpec> {}

export const PodTemplate = topLevel("io.k8s.api.core.v1.PodTemplate", "A stored pod model, for controllers to copy.", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  template: struct(2, PodTemplateSpec, "The model from which pods are made."),
});
export interface PodTemplate extends Infer<typeof PodTemplate> {}
