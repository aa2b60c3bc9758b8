// Shapes of StatefulSet, DaemonSet and ControllerRevision, which keeps their past versions.

import {
  type Infer,
  atomicList,
  int32,
  int64,
  intOrString,
  known,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  rawExtension,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { PersistentVolumeClaim } from "#api/core/schema/persistent-volume.ts";
import { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const ControllerRevision = topLevel(
  "io.k8s.api.apps.v1.ControllerRevision",
  "A saved, unchangeable snapshot of a StatefulSet or DaemonSet template, used for rollbacks.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    data: optional(2, rawExtension, "The saved content; its form is private to the controller that made it."),
    revision: required(3, int64, "Number of this snapshot; a higher one is newer."),
  },
);
export interface ControllerRevision extends Infer<typeof ControllerRevision> {}

export const RollingUpdateDaemonSet = message(
  "io.k8s.api.apps.v1.RollingUpdateDaemonSet",
  "Limits on how many nodes are disturbed at once during an update.",
  {
    maxUnavailable: pointer(
      1,
      intOrString,
      "How many nodes may lack a working pod during an update, number or percentage; default 1.",
    ),
    maxSurge: pointer(
      2,
      intOrString,
      "How many nodes may run old and new pods side by side, number or percentage; default 0.",
    ),
  },
);
export interface RollingUpdateDaemonSet extends Infer<typeof RollingUpdateDaemonSet> {}

export const DaemonSetUpdateStrategy = message(
  "io.k8s.api.apps.v1.DaemonSetUpdateStrategy",
  "How daemon pods are replaced when the template changes.",
  {
    type: optional(
      1,
      oneOf("RollingUpdate", "OnDelete"),
      "RollingUpdate (default) replaces pods node by node; OnDelete waits until you delete each pod.",
      { default: "RollingUpdate" },
    ),
    rollingUpdate: pointer(
      2,
      RollingUpdateDaemonSet,
      "Limits for replacing pods; only used when type is RollingUpdate.",
    ),
  },
);
export interface DaemonSetUpdateStrategy extends Infer<typeof DaemonSetUpdateStrategy> {}

export const DaemonSetSpec = message(
  "io.k8s.api.apps.v1.DaemonSetSpec",
  "The pod to run on each node and how it is updated.",
  {
    selector: required(
      1,
      LabelSelector,
      "Labels that decide which pods are managed; fixed after creation and must match the template.",
      { pointer: true },
    ),
    template: required(
      2,
      PodTemplateSpec,
      "Blueprint of the pod; its node selector and affinity limit which nodes get one.",
    ),
    updateStrategy: struct(3, DaemonSetUpdateStrategy, "How pods are replaced when the template changes."),
    minReadySeconds: optional(4, int32, "Seconds a new pod must stay ready before it counts as available; default 0."),
    revisionHistoryLimit: pointer(6, int32, "How many old revisions to keep for rollbacks; default 10.", {
      default: 10,
    }),
  },
);
export interface DaemonSetSpec extends Infer<typeof DaemonSetSpec> {}

export const DaemonSetCondition = message(
  "io.k8s.api.apps.v1.DaemonSetCondition",
  "One fact about a DaemonSet that is true, false or unknown.",
  {
    type: required(1, string, "Name of the fact; the built-in controller sets none."),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface DaemonSetCondition extends Infer<typeof DaemonSetCondition> {}

export const DaemonSetStatus = message(
  "io.k8s.api.apps.v1.DaemonSetStatus",
  "How many nodes should run the daemon pod and how many do.",
  {
    currentNumberScheduled: required(1, int32, "Nodes that should run the pod and have at least one."),
    numberMisscheduled: required(2, int32, "Nodes that run the pod although they should not."),
    desiredNumberScheduled: required(3, int32, "Nodes that should run the pod, with or without one now."),
    numberReady: required(4, int32, "Nodes that should run the pod and have one that is ready."),
    observedGeneration: optional(
      5,
      int64,
      "Generation of the spec that these numbers belong to; an older value means the status lags behind.",
    ),
    updatedNumberScheduled: optional(6, int32, "Nodes whose pod is already built from the newest template."),
    numberAvailable: optional(7, int32, "Nodes whose pod has been ready for at least minReadySeconds."),
    numberUnavailable: optional(8, int32, "Nodes that should run the pod but have no available one yet."),
    collisionCount: pointer(
      9,
      int32,
      "How often a revision name clashed; mixed into the name hash so that the next try differs.",
    ),
    conditions: optional(10, mapList(DaemonSetCondition, "type"), "Notable facts about the set; normally empty.", {
      patch: "merge",
      patchKey: "type",
    }),
  },
);
export interface DaemonSetStatus extends Infer<typeof DaemonSetStatus> {}

export const DaemonSet = topLevel("io.k8s.api.apps.v1.DaemonSet", "Runs one copy of a pod on every matching node.", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, DaemonSetSpec, "What is wanted."),
  status: struct(3, DaemonSetStatus, "What was last observed; written by the system."),
});
export interface DaemonSet extends Infer<typeof DaemonSet> {}

export const RollingUpdateStatefulSetStrategy = message(
  "io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy",
  "Limits for updating the pods of a StatefulSet one after another.",
  {
    partition: pointer(1, int32, "Only pods with this ordinal or higher are updated; default 0 updates all.", {
      default: 0,
    }),
    maxUnavailable: pointer(
      2,
      intOrString,
      "How many pods may be down during an update, as a number or percentage; absent means 1.",
    ),
  },
);
export interface RollingUpdateStatefulSetStrategy extends Infer<typeof RollingUpdateStatefulSetStrategy> {}

export const StatefulSetUpdateStrategy = message(
  "io.k8s.api.apps.v1.StatefulSetUpdateStrategy",
  "How the pods of a StatefulSet are replaced when the template changes.",
  {
    type: optional(
      1,
      oneOf("RollingUpdate", "OnDelete"),
      "RollingUpdate (default) replaces pods from the highest number down; OnDelete waits for you to delete them.",
    ),
    rollingUpdate: pointer(
      2,
      RollingUpdateStatefulSetStrategy,
      "Limits for replacing pods; only used when type is RollingUpdate.",
    ),
  },
);
export interface StatefulSetUpdateStrategy extends Infer<typeof StatefulSetUpdateStrategy> {}

export const StatefulSetPersistentVolumeClaimRetentionPolicy = message(
  "io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
  "Says if claims made from the templates outlive their pods.",
  {
    whenDeleted: optional(
      1,
      known("Retain", "Delete"),
      "Retain (default) keeps the claims when the StatefulSet is deleted; Delete removes them too.",
      { default: "Retain" },
    ),
    whenScaled: optional(
      2,
      known("Retain", "Delete"),
      "Retain (default) keeps the claims of pods removed by scaling down; Delete removes them.",
      { default: "Retain" },
    ),
  },
);
export interface StatefulSetPersistentVolumeClaimRetentionPolicy extends Infer<
  typeof StatefulSetPersistentVolumeClaimRetentionPolicy
> {}

export const StatefulSetOrdinals = message(
  "io.k8s.api.apps.v1.StatefulSetOrdinals",
  "Settings for the numbers in the pod names of a StatefulSet.",
  {
    start: optional(1, int32, "Number of the first pod; default 0.", { always: true }),
  },
);
export interface StatefulSetOrdinals extends Infer<typeof StatefulSetOrdinals> {}

export const StatefulSetSpec = message(
  "io.k8s.api.apps.v1.StatefulSetSpec",
  "The numbered pods wanted, their storage and how they are updated.",
  {
    replicas: pointer(1, int32, "How many numbered pods to run; 1 if not given.", { default: 1 }),
    selector: required(
      2,
      LabelSelector,
      "Labels that decide which pods are managed; fixed after creation and must match the template.",
      { pointer: true },
    ),
    template: required(3, PodTemplateSpec, "Blueprint of the pods; each pod is named after the set plus its number."),
    volumeClaimTemplates: optional(
      4,
      atomicList(PersistentVolumeClaim),
      "Claims made separately for each pod, giving it storage that survives restarts.",
    ),
    serviceName: optional(
      5,
      string,
      "Headless Service that gives each pod its own DNS name; it must be created separately.",
      { always: true },
    ),
    podManagementPolicy: optional(
      6,
      oneOf("OrderedReady", "Parallel"),
      "OrderedReady (default) starts pods one by one; Parallel does not wait between them.",
      { default: "OrderedReady" },
    ),
    updateStrategy: struct(7, StatefulSetUpdateStrategy, "How pods are replaced when the template changes."),
    revisionHistoryLimit: pointer(8, int32, "How many old revisions to keep for rollbacks; default 10.", {
      default: 10,
    }),
    minReadySeconds: optional(9, int32, "Seconds a new pod must stay ready before it counts as available; default 0."),
    persistentVolumeClaimRetentionPolicy: pointer(
      10,
      StatefulSetPersistentVolumeClaimRetentionPolicy,
      "What happens to the claims on deletion or scale-down; by default all are kept.",
      { default: { whenDeleted: "Retain", whenScaled: "Retain" } },
    ),
    ordinals: pointer(11, StatefulSetOrdinals, "Changes the number given to the first pod."),
  },
);
export interface StatefulSetSpec extends Infer<typeof StatefulSetSpec> {}

export const StatefulSetCondition = message(
  "io.k8s.api.apps.v1.StatefulSetCondition",
  "One fact about a StatefulSet that is true, false or unknown.",
  {
    type: required(1, string, "Name of the fact; the built-in controller sets none."),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface StatefulSetCondition extends Infer<typeof StatefulSetCondition> {}

export const StatefulSetStatus = message(
  "io.k8s.api.apps.v1.StatefulSetStatus",
  "Pod counts and revisions of a StatefulSet as its controller last saw them.",
  {
    observedGeneration: optional(
      1,
      int64,
      "Generation of the spec that these numbers belong to; an older value means the status lags behind.",
    ),
    replicas: required(2, int32, "Pods created so far by the controller."),
    readyReplicas: optional(3, int32, "Pods that currently pass their readiness checks."),
    currentReplicas: optional(4, int32, "Pods still on the version named in currentRevision."),
    updatedReplicas: optional(5, int32, "Pods already on the version named in updateRevision."),
    currentRevision: optional(6, string, "ControllerRevision that pods not yet updated were built from."),
    updateRevision: optional(
      7,
      string,
      "ControllerRevision that the newest pods are built from; equals currentRevision when no update is running.",
    ),
    collisionCount: pointer(
      9,
      int32,
      "How often a revision name clashed; mixed into the name hash so that the next try differs.",
    ),
    conditions: optional(10, mapList(StatefulSetCondition, "type"), "Notable facts about the set; normally empty.", {
      patch: "merge",
      patchKey: "type",
    }),
    availableReplicas: optional(11, int32, "Pods that have been ready for at least minReadySeconds.", { always: true }),
  },
);
export interface StatefulSetStatus extends Infer<typeof StatefulSetStatus> {}

export const StatefulSet = topLevel(
  "io.k8s.api.apps.v1.StatefulSet",
  "Runs pods that each keep a fixed name, order and storage of their own.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, StatefulSetSpec, "What is wanted."),
    status: struct(3, StatefulSetStatus, "What was last observed; written by the system."),
  },
);
export interface StatefulSet extends Infer<typeof StatefulSet> {}
