// Wire types of core/node-selector.

import {
  type Infer,
  atomicList,
  int32,
  int64,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  time,
} from "#api/schema.ts";
import { LabelSelector } from "#api/meta/schema.ts";

export const NodeSelectorRequirement = message("io.k8s.api.core.v1.NodeSelectorRequirement", "", {
  key: required(1, string, ""),
  operator: required(2, oneOf("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"), ""),
  values: optional(3, atomicList(string), ""),
});
export interface NodeSelectorRequirement extends Infer<typeof NodeSelectorRequirement> {}

export const NodeSelectorTerm = message(
  "io.k8s.api.core.v1.NodeSelectorTerm",
  "",
  {
    matchExpressions: optional(1, atomicList(NodeSelectorRequirement), ""),
    matchFields: optional(2, atomicList(NodeSelectorRequirement), ""),
  },
  [],
  { atomic: true },
);
export interface NodeSelectorTerm extends Infer<typeof NodeSelectorTerm> {}

export const NodeSelector = message(
  "io.k8s.api.core.v1.NodeSelector",
  "",
  {
    nodeSelectorTerms: required(1, atomicList(NodeSelectorTerm), ""),
  },
  [],
  { atomic: true },
);
export interface NodeSelector extends Infer<typeof NodeSelector> {}

export const PreferredSchedulingTerm = message("io.k8s.api.core.v1.PreferredSchedulingTerm", "", {
  weight: required(1, int32, ""),
  preference: required(2, NodeSelectorTerm, ""),
});
export interface PreferredSchedulingTerm extends Infer<typeof PreferredSchedulingTerm> {}

export const NodeAffinity = message("io.k8s.api.core.v1.NodeAffinity", "", {
  requiredDuringSchedulingIgnoredDuringExecution: pointer(1, NodeSelector, ""),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, atomicList(PreferredSchedulingTerm), ""),
});
export interface NodeAffinity extends Infer<typeof NodeAffinity> {}

export const PodAffinityTerm = message("io.k8s.api.core.v1.PodAffinityTerm", "", {
  labelSelector: pointer(1, LabelSelector, ""),
  namespaces: optional(2, atomicList(string), ""),
  topologyKey: required(3, string, ""),
  namespaceSelector: pointer(4, LabelSelector, ""),
  matchLabelKeys: optional(5, atomicList(string), ""),
  mismatchLabelKeys: optional(6, atomicList(string), ""),
});
export interface PodAffinityTerm extends Infer<typeof PodAffinityTerm> {}

export const WeightedPodAffinityTerm = message("io.k8s.api.core.v1.WeightedPodAffinityTerm", "", {
  weight: required(1, int32, ""),
  podAffinityTerm: required(2, PodAffinityTerm, ""),
});
export interface WeightedPodAffinityTerm extends Infer<typeof WeightedPodAffinityTerm> {}

export const PodAffinity = message("io.k8s.api.core.v1.PodAffinity", "", {
  requiredDuringSchedulingIgnoredDuringExecution: optional(1, atomicList(PodAffinityTerm), ""),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, atomicList(WeightedPodAffinityTerm), ""),
});
export interface PodAffinity extends Infer<typeof PodAffinity> {}

export const PodAntiAffinity = message("io.k8s.api.core.v1.PodAntiAffinity", "", {
  requiredDuringSchedulingIgnoredDuringExecution: optional(1, atomicList(PodAffinityTerm), ""),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, atomicList(WeightedPodAffinityTerm), ""),
});
export interface PodAntiAffinity extends Infer<typeof PodAntiAffinity> {}

export const Affinity = message("io.k8s.api.core.v1.Affinity", "", {
  nodeAffinity: pointer(1, NodeAffinity, ""),
  podAffinity: pointer(2, PodAffinity, ""),
  podAntiAffinity: pointer(3, PodAntiAffinity, ""),
});
export interface Affinity extends Infer<typeof Affinity> {}

export const Taint = message("io.k8s.api.core.v1.Taint", "", {
  key: required(1, string, ""),
  value: optional(2, string, ""),
  effect: required(3, oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"), ""),
  timeAdded: pointer(4, time, ""),
});
export interface Taint extends Infer<typeof Taint> {}

export const Toleration = message("io.k8s.api.core.v1.Toleration", "", {
  key: optional(1, string, ""),
  operator: optional(2, oneOf("Exists", "Equal", "Lt", "Gt"), ""),
  value: optional(3, string, ""),
  effect: optional(4, oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"), ""),
  tolerationSeconds: pointer(5, int64, ""),
});
export interface Toleration extends Infer<typeof Toleration> {}

export const TopologySelectorLabelRequirement = message("io.k8s.api.core.v1.TopologySelectorLabelRequirement", "", {
  key: required(1, string, ""),
  values: required(2, atomicList(string), ""),
});
export interface TopologySelectorLabelRequirement extends Infer<typeof TopologySelectorLabelRequirement> {}

export const TopologySelectorTerm = message(
  "io.k8s.api.core.v1.TopologySelectorTerm",
  "",
  {
    matchLabelExpressions: optional(1, atomicList(TopologySelectorLabelRequirement), ""),
  },
  [],
  { atomic: true },
);
export interface TopologySelectorTerm extends Infer<typeof TopologySelectorTerm> {}

export const TopologySpreadConstraint = message("io.k8s.api.core.v1.TopologySpreadConstraint", "", {
  maxSkew: required(1, int32, ""),
  topologyKey: required(2, string, ""),
  whenUnsatisfiable: required(3, oneOf("DoNotSchedule", "ScheduleAnyway"), ""),
  labelSelector: pointer(4, LabelSelector, ""),
  minDomains: pointer(5, int32, ""),
  nodeAffinityPolicy: pointer(6, oneOf("Ignore", "Honor"), ""),
  nodeTaintsPolicy: pointer(7, oneOf("Ignore", "Honor"), ""),
  matchLabelKeys: optional(8, atomicList(string), ""),
});
export interface TopologySpreadConstraint extends Infer<typeof TopologySpreadConstraint> {}
