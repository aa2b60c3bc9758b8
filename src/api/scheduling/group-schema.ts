// Shapes of workloads and of groups of pods that are placed together.

import {
  type Infer,
  atomicList,
  int32,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { Condition, ObjectMeta } from "#api/meta/schema.ts";

export const WorkloadPodGroupTemplateReference = message(
  "io.k8s.api.scheduling.v1alpha2.WorkloadPodGroupTemplateReference",
  "Names one template of a Workload.",
  {
    workloadName: required(1, string, "Workload in the same namespace."),
    podGroupTemplateName: required(2, string, "Template in that Workload."),
  },
);
export interface WorkloadPodGroupTemplateReference extends Infer<typeof WorkloadPodGroupTemplateReference> {}

export const PodGroupTemplateReference = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupTemplateReference",
  "Names the template that a group was made from.",
  {
    workload: pointer(1, WorkloadPodGroupTemplateReference, "The template lies in a Workload."),
  },
);
export interface PodGroupTemplateReference extends Infer<typeof PodGroupTemplateReference> {}

export const BasicSchedulingPolicy = message(
  "io.k8s.api.scheduling.v1alpha2.BasicSchedulingPolicy",
  "Pods are placed one by one, as if they had no group.",
  {},
);
export interface BasicSchedulingPolicy extends Infer<typeof BasicSchedulingPolicy> {}

export const GangSchedulingPolicy = message(
  "io.k8s.api.scheduling.v1alpha2.GangSchedulingPolicy",
  "Pods are placed together or not at all.",
  {
    minCount: required(1, int32, "How many pods must find a place at once before any of them starts.", { minimum: 1 }),
  },
);
export interface GangSchedulingPolicy extends Infer<typeof GangSchedulingPolicy> {}

export const PodGroupSchedulingPolicy = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupSchedulingPolicy",
  "How the pods of a group are placed; exactly one way is named.",
  {
    basic: pointer(1, BasicSchedulingPolicy, "Place pods one by one."),
    gang: pointer(2, GangSchedulingPolicy, "Place pods only together."),
  },
);
export interface PodGroupSchedulingPolicy extends Infer<typeof PodGroupSchedulingPolicy> {}

export const TopologyConstraint = message(
  "io.k8s.api.scheduling.v1alpha2.TopologyConstraint",
  "Keeps the pods of a group close to each other.",
  {
    key: required(1, string, "Label of nodes; all pods go to nodes with one and the same value of it."),
  },
);
export interface TopologyConstraint extends Infer<typeof TopologyConstraint> {}

export const PodGroupSchedulingConstraints = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupSchedulingConstraints",
  "Where the pods of a group may go.",
  {
    topology: optional(1, atomicList(TopologyConstraint), "Topology domains that the pods must share; at most one.", {
      maxItems: 1,
    }),
  },
);
export interface PodGroupSchedulingConstraints extends Infer<typeof PodGroupSchedulingConstraints> {}

export const PodGroupResourceClaim = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupResourceClaim",
  "A claim on devices that all pods of the group share.",
  {
    name: required(1, string, "Name by which the pods refer to the claim."),
    resourceClaimName: pointer(2, string, "An existing ResourceClaim; excludes resourceClaimTemplateName."),
    resourceClaimTemplateName: pointer(
      3,
      string,
      "Template from which one ResourceClaim is made for the group; excludes resourceClaimName.",
    ),
  },
);
export interface PodGroupResourceClaim extends Infer<typeof PodGroupResourceClaim> {}

export const PodGroupSpec = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupSpec",
  "How the pods of a group are placed and disturbed.",
  {
    podGroupTemplateRef: pointer(1, PodGroupTemplateReference, "Template that the group was made from.", {
      always: true,
    }),
    schedulingPolicy: required(2, PodGroupSchedulingPolicy, "How the pods are placed."),
    schedulingConstraints: pointer(3, PodGroupSchedulingConstraints, "Where the pods may go."),
    resourceClaims: optional(
      4,
      mapList(PodGroupResourceClaim, "name"),
      "Claims on devices that the pods share, at most 4.",
      { patch: "merge,retainKeys", patchKey: "name", maxItems: 4 },
    ),
    disruptionMode: pointer(
      5,
      oneOf("Pod", "PodGroup"),
      "Pod lets single pods be preempted; PodGroup only all of them at once.",
      { default: "Pod" },
    ),
    priorityClassName: optional(6, string, "PriorityClass of the group as a whole."),
    priority: pointer(7, int32, "Priority of the group; filled in from its class."),
  },
);
export interface PodGroupSpec extends Infer<typeof PodGroupSpec> {}

export const PodGroupResourceClaimStatus = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupResourceClaimStatus",
  "Which claim stands behind an entry of resourceClaims.",
  {
    name: required(1, string, "Name of the entry."),
    resourceClaimName: pointer(2, string, "ResourceClaim that was made; absent when none was needed."),
  },
);
export interface PodGroupResourceClaimStatus extends Infer<typeof PodGroupResourceClaimStatus> {}

export const PodGroupStatus = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupStatus",
  "How far the placing of the group has come.",
  {
    conditions: optional(1, mapList(Condition, "type"), "Notable facts, such as PodGroupScheduled.", {
      patch: "merge",
      patchKey: "type",
    }),
    resourceClaimStatuses: optional(
      2,
      mapList(PodGroupResourceClaimStatus, "name"),
      "Claims that were made for the group.",
      { patch: "merge,retainKeys", patchKey: "name", maxItems: 4 },
    ),
  },
);
export interface PodGroupStatus extends Infer<typeof PodGroupStatus> {}

export const PodGroup = topLevel(
  "io.k8s.api.scheduling.v1alpha2.PodGroup",
  "Pods that belong together when they are placed on nodes.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, PodGroupSpec, "What is wanted."),
    status: struct(3, PodGroupStatus, "What was last observed; written by the system."),
  },
);
export interface PodGroup extends Infer<typeof PodGroup> {}

export const TypedLocalObjectReference = message(
  "io.k8s.api.scheduling.v1alpha2.TypedLocalObjectReference",
  "An object in the same namespace, of any kind.",
  {
    apiGroup: optional(1, string, "API group of the object; empty is the core group."),
    kind: required(2, string, "Kind of the object."),
    name: required(3, string, "Name of the object."),
  },
);
export interface TypedLocalObjectReference extends Infer<typeof TypedLocalObjectReference> {}

export const PodGroupTemplate = message(
  "io.k8s.api.scheduling.v1alpha2.PodGroupTemplate",
  "From which the groups of a workload are made.",
  {
    name: required(1, string, "Name of the template, unique in its Workload."),
    schedulingPolicy: required(2, PodGroupSchedulingPolicy, "How the pods are placed."),
    schedulingConstraints: pointer(3, PodGroupSchedulingConstraints, "Where the pods may go.", { always: true }),
    resourceClaims: optional(
      4,
      mapList(PodGroupResourceClaim, "name"),
      "Claims on devices that the pods share, at most 4.",
      { patch: "merge,retainKeys", patchKey: "name", maxItems: 4 },
    ),
    disruptionMode: pointer(
      5,
      oneOf("Pod", "PodGroup"),
      "Pod lets single pods be preempted; PodGroup only all of them at once.",
    ),
    priorityClassName: optional(6, string, "PriorityClass of the group as a whole."),
    priority: pointer(7, int32, "Priority of the group; filled in from its class."),
  },
);
export interface PodGroupTemplate extends Infer<typeof PodGroupTemplate> {}

export const WorkloadSpec = message(
  "io.k8s.api.scheduling.v1alpha2.WorkloadSpec",
  "Which groups of pods a workload is made of.",
  {
    controllerRef: pointer(
      1,
      TypedLocalObjectReference,
      "The object that the workload describes, such as a Job; tools follow it.",
    ),
    podGroupTemplates: required(
      2,
      mapList(PodGroupTemplate, "name"),
      "Templates of the groups, from 1 to 8; cannot change.",
      { maxItems: 8 },
    ),
  },
);
export interface WorkloadSpec extends Infer<typeof WorkloadSpec> {}

export const Workload = topLevel(
  "io.k8s.api.scheduling.v1alpha2.Workload",
  "Says how the pods of an application are to be grouped when they are placed on nodes.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, WorkloadSpec, "What is wanted."),
  },
);
export interface Workload extends Infer<typeof Workload> {}
