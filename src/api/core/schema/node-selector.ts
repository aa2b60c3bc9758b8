// Rules on where pods may run: node selectors, affinity, taints, tolerations and spreading.

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

export const NodeSelectorRequirement = message(
  "io.k8s.api.core.v1.NodeSelectorRequirement",
  "A test on one label or field of a node.",
  {
    key: required(1, string, "Label or field to look at."),
    operator: required(
      2,
      oneOf("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
      "How to compare; Gt and Lt compare whole numbers.",
    ),
    values: optional(
      3,
      atomicList(string),
      "Values to compare with; none for Exists and DoesNotExist, exactly one for Gt and Lt.",
    ),
  },
);
export interface NodeSelectorRequirement extends Infer<typeof NodeSelectorRequirement> {}

export const NodeSelectorTerm = message(
  "io.k8s.api.core.v1.NodeSelectorTerm",
  "A set of tests on a node, all of which must pass.",
  {
    matchExpressions: optional(1, atomicList(NodeSelectorRequirement), "Tests on the labels of the node."),
    matchFields: optional(
      2,
      atomicList(NodeSelectorRequirement),
      "Tests on fields of the node; only metadata.name works.",
    ),
  },
  [],
  { atomic: true },
);
export interface NodeSelectorTerm extends Infer<typeof NodeSelectorTerm> {}

export const NodeSelector = message(
  "io.k8s.api.core.v1.NodeSelector",
  "Picks nodes that pass at least one of its terms.",
  {
    nodeSelectorTerms: required(
      1,
      atomicList(NodeSelectorTerm),
      "Alternatives, of which one must match; an empty term matches nothing.",
    ),
  },
  [],
  { atomic: true },
);
export interface NodeSelector extends Infer<typeof NodeSelector> {}

export const PreferredSchedulingTerm = message(
  "io.k8s.api.core.v1.PreferredSchedulingTerm",
  "A preference for some nodes, with its importance.",
  {
    weight: required(1, int32, "Points added to a matching node, 1 to 100."),
    preference: required(2, NodeSelectorTerm, "Which nodes are preferred."),
  },
);
export interface PreferredSchedulingTerm extends Infer<typeof PreferredSchedulingTerm> {}

export const NodeAffinity = message(
  "io.k8s.api.core.v1.NodeAffinity",
  "Which nodes a pod must, or would rather, run on.",
  {
    requiredDuringSchedulingIgnoredDuringExecution: pointer(
      1,
      NodeSelector,
      "Nodes the pod is limited to; checked only when it is placed.",
    ),
    preferredDuringSchedulingIgnoredDuringExecution: optional(
      2,
      atomicList(PreferredSchedulingTerm),
      "Preferences; the node with the highest total weight is favoured.",
    ),
  },
);
export interface NodeAffinity extends Infer<typeof NodeAffinity> {}

export const PodAffinityTerm = message(
  "io.k8s.api.core.v1.PodAffinityTerm",
  "Picks other pods, and the kind of area to share with or keep from them.",
  {
    labelSelector: pointer(1, LabelSelector, "Labels of the other pods; absent matches no pod."),
    namespaces: optional(
      2,
      atomicList(string),
      "Names of the namespaces to search; if nothing is given, the pod's own.",
    ),
    topologyKey: required(3, string, "Node label that defines an area, for example topology.kubernetes.io/zone."),
    namespaceSelector: pointer(
      4,
      LabelSelector,
      "Adds namespaces to search by their labels; {} stands for every namespace.",
    ),
    matchLabelKeys: optional(
      5,
      atomicList(string),
      "Labels on which the other pods must have the same value as this pod.",
    ),
    mismatchLabelKeys: optional(
      6,
      atomicList(string),
      "Labels on which the other pods must have a different value from this pod.",
    ),
  },
);
export interface PodAffinityTerm extends Infer<typeof PodAffinityTerm> {}

export const WeightedPodAffinityTerm = message(
  "io.k8s.api.core.v1.WeightedPodAffinityTerm",
  "A preference about nearby pods, with its importance.",
  {
    weight: required(1, int32, "Points added to or taken from a matching node, 1 to 100."),
    podAffinityTerm: required(2, PodAffinityTerm, "Which pods, and within what kind of area."),
  },
);
export interface WeightedPodAffinityTerm extends Infer<typeof WeightedPodAffinityTerm> {}

export const PodAffinity = message("io.k8s.api.core.v1.PodAffinity", "Places a pod close to certain other pods.", {
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    1,
    atomicList(PodAffinityTerm),
    "Closeness the pod cannot do without; checked only when it is placed.",
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(
    2,
    atomicList(WeightedPodAffinityTerm),
    "Closeness that is nice to have, by weight.",
  ),
});
export interface PodAffinity extends Infer<typeof PodAffinity> {}

export const PodAntiAffinity = message(
  "io.k8s.api.core.v1.PodAntiAffinity",
  "Keeps a pod away from certain other pods.",
  {
    requiredDuringSchedulingIgnoredDuringExecution: optional(
      1,
      atomicList(PodAffinityTerm),
      "Separation the pod cannot do without; checked only when it is placed.",
    ),
    preferredDuringSchedulingIgnoredDuringExecution: optional(
      2,
      atomicList(WeightedPodAffinityTerm),
      "Separation that is nice to have, by weight.",
    ),
  },
);
export interface PodAntiAffinity extends Infer<typeof PodAntiAffinity> {}

export const Affinity = message(
  "io.k8s.api.core.v1.Affinity",
  "Rules that draw a pod to nodes or pods, or keep it away from pods.",
  {
    nodeAffinity: pointer(1, NodeAffinity, "Which nodes the pod needs or prefers."),
    podAffinity: pointer(2, PodAffinity, "Which pods it should be near."),
    podAntiAffinity: pointer(3, PodAntiAffinity, "Which pods it should be far from."),
  },
);
export interface Affinity extends Infer<typeof Affinity> {}

export const Taint = message(
  "io.k8s.api.core.v1.Taint",
  "A mark on a node that repels every pod without a matching toleration.",
  {
    key: required(1, string, "Name of the taint, for example dedicated."),
    value: optional(2, string, "Optional value that goes with the key."),
    effect: required(
      3,
      oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
      "NoSchedule blocks new pods, PreferNoSchedule discourages them, NoExecute also evicts running ones.",
    ),
    timeAdded: pointer(4, time, "When the taint was put on the node."),
  },
);
export interface Taint extends Infer<typeof Taint> {}

export const Toleration = message(
  "io.k8s.api.core.v1.Toleration",
  "Lets a pod run on nodes that carry a matching taint.",
  {
    key: optional(1, string, "Taint to tolerate; empty with Exists tolerates them all."),
    operator: optional(
      2,
      oneOf("Exists", "Equal", "Lt", "Gt"),
      "Equal (default) compares value, Exists accepts any, Lt and Gt compare numbers.",
    ),
    value: optional(3, string, "Value the taint must have; leave empty with Exists."),
    effect: optional(
      4,
      oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
      "Effect to tolerate; empty means any effect.",
    ),
    tolerationSeconds: pointer(5, int64, "Seconds to stay after a NoExecute taint appears; absent means forever."),
  },
);
export interface Toleration extends Infer<typeof Toleration> {}

export const TopologySelectorLabelRequirement = message(
  "io.k8s.api.core.v1.TopologySelectorLabelRequirement",
  "Limits one topology label to certain values.",
  {
    key: required(1, string, "Node label to look at, such as a zone or region."),
    values: required(2, atomicList(string), "Accepted values; one of them must match."),
  },
);
export interface TopologySelectorLabelRequirement extends Infer<typeof TopologySelectorLabelRequirement> {}

export const TopologySelectorTerm = message(
  "io.k8s.api.core.v1.TopologySelectorTerm",
  "Places where a storage class may create volumes.",
  {
    matchLabelExpressions: optional(
      1,
      atomicList(TopologySelectorLabelRequirement),
      "Label limits that must all hold.",
    ),
  },
  [],
  { atomic: true },
);
export interface TopologySelectorTerm extends Infer<typeof TopologySelectorTerm> {}

export const TopologySpreadConstraint = message(
  "io.k8s.api.core.v1.TopologySpreadConstraint",
  "Spreads matching pods evenly over zones, nodes or other areas.",
  {
    maxSkew: required(1, int32, "Greatest allowed difference in pod count between two areas; at least 1."),
    topologyKey: required(2, string, "Node label whose value tells areas apart, for example kubernetes.io/hostname."),
    whenUnsatisfiable: required(
      3,
      oneOf("DoNotSchedule", "ScheduleAnyway"),
      "DoNotSchedule leaves the pod waiting; ScheduleAnyway treats the rule as a preference.",
    ),
    labelSelector: pointer(4, LabelSelector, "Labels of the pods to count in each area."),
    minDomains: pointer(5, int32, "Fewest areas that should exist; with less, pods wait. Taken as 1 when absent."),
    nodeAffinityPolicy: pointer(
      6,
      oneOf("Ignore", "Honor"),
      "Honor (when absent) skips nodes the pod excludes itself from; Ignore counts all.",
    ),
    nodeTaintsPolicy: pointer(
      7,
      oneOf("Ignore", "Honor"),
      "Honor skips nodes with untolerated taints; Ignore (when absent) counts all.",
    ),
    matchLabelKeys: optional(
      8,
      atomicList(string),
      "Labels whose values are copied from this pod to narrow the count, such as pod-template-hash.",
    ),
  },
);
export interface TopologySpreadConstraint extends Infer<typeof TopologySpreadConstraint> {}
