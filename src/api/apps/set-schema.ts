// Wire types of apps/set.

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

export const ControllerRevision = topLevel("io.k8s.api.apps.v1.ControllerRevision", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  data: optional(2, rawExtension, ""),
  revision: required(3, int64, ""),
});
export interface ControllerRevision extends Infer<typeof ControllerRevision> {}

export const RollingUpdateDaemonSet = message("io.k8s.api.apps.v1.RollingUpdateDaemonSet", "", {
  maxUnavailable: pointer(1, intOrString, ""),
  maxSurge: pointer(2, intOrString, ""),
});
export interface RollingUpdateDaemonSet extends Infer<typeof RollingUpdateDaemonSet> {}

export const DaemonSetUpdateStrategy = message("io.k8s.api.apps.v1.DaemonSetUpdateStrategy", "", {
  type: optional(1, oneOf("RollingUpdate", "OnDelete"), ""),
  rollingUpdate: pointer(2, RollingUpdateDaemonSet, ""),
});
export interface DaemonSetUpdateStrategy extends Infer<typeof DaemonSetUpdateStrategy> {}

export const DaemonSetSpec = message("io.k8s.api.apps.v1.DaemonSetSpec", "", {
  selector: required(1, LabelSelector, "", { pointer: true }),
  template: required(2, PodTemplateSpec, ""),
  updateStrategy: struct(3, DaemonSetUpdateStrategy, ""),
  minReadySeconds: optional(4, int32, ""),
  revisionHistoryLimit: pointer(6, int32, ""),
});
export interface DaemonSetSpec extends Infer<typeof DaemonSetSpec> {}

export const DaemonSetCondition = message("io.k8s.api.apps.v1.DaemonSetCondition", "", {
  type: required(1, string, ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastTransitionTime: optional(3, time, ""),
  reason: optional(4, string, ""),
  message: optional(5, string, ""),
});
export interface DaemonSetCondition extends Infer<typeof DaemonSetCondition> {}

export const DaemonSetStatus = message("io.k8s.api.apps.v1.DaemonSetStatus", "", {
  currentNumberScheduled: required(1, int32, ""),
  numberMisscheduled: required(2, int32, ""),
  desiredNumberScheduled: required(3, int32, ""),
  numberReady: required(4, int32, ""),
  observedGeneration: optional(5, int64, ""),
  updatedNumberScheduled: optional(6, int32, ""),
  numberAvailable: optional(7, int32, ""),
  numberUnavailable: optional(8, int32, ""),
  collisionCount: pointer(9, int32, ""),
  conditions: optional(10, mapList(DaemonSetCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface DaemonSetStatus extends Infer<typeof DaemonSetStatus> {}

export const DaemonSet = topLevel("io.k8s.api.apps.v1.DaemonSet", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, DaemonSetSpec, "What is wanted."),
  status: struct(3, DaemonSetStatus, "What was last observed; written by the system."),
});
export interface DaemonSet extends Infer<typeof DaemonSet> {}

export const RollingUpdateStatefulSetStrategy = message("io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy", "", {
  partition: pointer(1, int32, ""),
  maxUnavailable: pointer(2, intOrString, ""),
});
export interface RollingUpdateStatefulSetStrategy extends Infer<typeof RollingUpdateStatefulSetStrategy> {}

export const StatefulSetUpdateStrategy = message("io.k8s.api.apps.v1.StatefulSetUpdateStrategy", "", {
  type: optional(1, oneOf("RollingUpdate", "OnDelete"), ""),
  rollingUpdate: pointer(2, RollingUpdateStatefulSetStrategy, ""),
});
export interface StatefulSetUpdateStrategy extends Infer<typeof StatefulSetUpdateStrategy> {}

export const StatefulSetPersistentVolumeClaimRetentionPolicy = message(
  "io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
  "",
  {
    whenDeleted: optional(1, known("Retain", "Delete"), ""),
    whenScaled: optional(2, known("Retain", "Delete"), ""),
  },
);
export interface StatefulSetPersistentVolumeClaimRetentionPolicy extends Infer<
  typeof StatefulSetPersistentVolumeClaimRetentionPolicy
> {}

export const StatefulSetOrdinals = message("io.k8s.api.apps.v1.StatefulSetOrdinals", "", {
  start: optional(1, int32, "", { always: true }),
});
export interface StatefulSetOrdinals extends Infer<typeof StatefulSetOrdinals> {}

export const StatefulSetSpec = message("io.k8s.api.apps.v1.StatefulSetSpec", "", {
  replicas: pointer(1, int32, ""),
  selector: required(2, LabelSelector, "", { pointer: true }),
  template: required(3, PodTemplateSpec, ""),
  volumeClaimTemplates: optional(4, atomicList(PersistentVolumeClaim), ""),
  serviceName: optional(5, string, "", { always: true }),
  podManagementPolicy: optional(6, oneOf("OrderedReady", "Parallel"), ""),
  updateStrategy: struct(7, StatefulSetUpdateStrategy, ""),
  revisionHistoryLimit: pointer(8, int32, ""),
  minReadySeconds: optional(9, int32, ""),
  persistentVolumeClaimRetentionPolicy: pointer(10, StatefulSetPersistentVolumeClaimRetentionPolicy, ""),
  ordinals: pointer(11, StatefulSetOrdinals, ""),
});
export interface StatefulSetSpec extends Infer<typeof StatefulSetSpec> {}

export const StatefulSetCondition = message("io.k8s.api.apps.v1.StatefulSetCondition", "", {
  type: required(1, string, ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastTransitionTime: optional(3, time, ""),
  reason: optional(4, string, ""),
  message: optional(5, string, ""),
});
export interface StatefulSetCondition extends Infer<typeof StatefulSetCondition> {}

export const StatefulSetStatus = message("io.k8s.api.apps.v1.StatefulSetStatus", "", {
  observedGeneration: optional(1, int64, ""),
  replicas: required(2, int32, ""),
  readyReplicas: optional(3, int32, ""),
  currentReplicas: optional(4, int32, ""),
  updatedReplicas: optional(5, int32, ""),
  currentRevision: optional(6, string, ""),
  updateRevision: optional(7, string, ""),
  collisionCount: pointer(9, int32, ""),
  conditions: optional(10, mapList(StatefulSetCondition, "type"), "", { patch: "merge", patchKey: "type" }),
  availableReplicas: optional(11, int32, "", { always: true }),
});
export interface StatefulSetStatus extends Infer<typeof StatefulSetStatus> {}

export const StatefulSet = topLevel("io.k8s.api.apps.v1.StatefulSet", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, StatefulSetSpec, "What is wanted."),
  status: struct(3, StatefulSetStatus, "What was last observed; written by the system."),
});
export interface StatefulSet extends Infer<typeof StatefulSet> {}
