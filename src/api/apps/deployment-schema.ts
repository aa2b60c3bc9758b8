// Wire types of apps/deployment.

import {
  type Infer,
  bool,
  int32,
  int64,
  intOrString,
  known,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const RollingUpdateDeployment = message("io.k8s.api.apps.v1.RollingUpdateDeployment", "", {
  maxUnavailable: pointer(1, intOrString, ""),
  maxSurge: pointer(2, intOrString, ""),
});
export interface RollingUpdateDeployment extends Infer<typeof RollingUpdateDeployment> {}

export const DeploymentStrategy = message("io.k8s.api.apps.v1.DeploymentStrategy", "", {
  type: optional(1, oneOf("Recreate", "RollingUpdate"), ""),
  rollingUpdate: pointer(2, RollingUpdateDeployment, ""),
});
export interface DeploymentStrategy extends Infer<typeof DeploymentStrategy> {}

export const DeploymentSpec = message("io.k8s.api.apps.v1.DeploymentSpec", "", {
  replicas: pointer(1, int32, ""),
  selector: required(2, LabelSelector, "", { pointer: true }),
  template: required(3, PodTemplateSpec, ""),
  strategy: struct(4, DeploymentStrategy, "", { patch: "retainKeys" }),
  minReadySeconds: optional(5, int32, ""),
  revisionHistoryLimit: pointer(6, int32, ""),
  paused: optional(7, bool, ""),
  progressDeadlineSeconds: pointer(9, int32, ""),
});
export interface DeploymentSpec extends Infer<typeof DeploymentSpec> {}

export const DeploymentCondition = message("io.k8s.api.apps.v1.DeploymentCondition", "", {
  type: required(1, known("Available", "Progressing", "ReplicaFailure"), ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastUpdateTime: optional(6, time, ""),
  lastTransitionTime: optional(7, time, ""),
  reason: optional(4, string, ""),
  message: optional(5, string, ""),
});
export interface DeploymentCondition extends Infer<typeof DeploymentCondition> {}

export const DeploymentStatus = message("io.k8s.api.apps.v1.DeploymentStatus", "", {
  observedGeneration: optional(1, int64, ""),
  replicas: optional(2, int32, ""),
  updatedReplicas: optional(3, int32, ""),
  readyReplicas: optional(7, int32, ""),
  availableReplicas: optional(4, int32, ""),
  unavailableReplicas: optional(5, int32, ""),
  terminatingReplicas: pointer(9, int32, ""),
  conditions: optional(6, mapList(DeploymentCondition, "type"), "", { patch: "merge", patchKey: "type" }),
  collisionCount: pointer(8, int32, ""),
});
export interface DeploymentStatus extends Infer<typeof DeploymentStatus> {}

export const Deployment = topLevel("io.k8s.api.apps.v1.Deployment", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, DeploymentSpec, "What is wanted."),
  status: struct(3, DeploymentStatus, "What was last observed; written by the system."),
});
export interface Deployment extends Infer<typeof Deployment> {}

export const ReplicaSetSpec = message("io.k8s.api.apps.v1.ReplicaSetSpec", "", {
  replicas: pointer(1, int32, ""),
  minReadySeconds: optional(4, int32, ""),
  selector: required(2, LabelSelector, "", { pointer: true }),
  template: struct(3, PodTemplateSpec, ""),
});
export interface ReplicaSetSpec extends Infer<typeof ReplicaSetSpec> {}

export const ReplicaSetCondition = message("io.k8s.api.apps.v1.ReplicaSetCondition", "", {
  type: required(1, known("ReplicaFailure"), ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastTransitionTime: optional(3, time, ""),
  reason: optional(4, string, ""),
  message: optional(5, string, ""),
});
export interface ReplicaSetCondition extends Infer<typeof ReplicaSetCondition> {}

export const ReplicaSetStatus = message("io.k8s.api.apps.v1.ReplicaSetStatus", "", {
  replicas: required(1, int32, ""),
  fullyLabeledReplicas: optional(2, int32, ""),
  readyReplicas: optional(4, int32, ""),
  availableReplicas: optional(5, int32, ""),
  terminatingReplicas: pointer(7, int32, ""),
  observedGeneration: optional(3, int64, ""),
  conditions: optional(6, mapList(ReplicaSetCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface ReplicaSetStatus extends Infer<typeof ReplicaSetStatus> {}

export const ReplicaSet = topLevel("io.k8s.api.apps.v1.ReplicaSet", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ReplicaSetSpec, "What is wanted."),
  status: struct(3, ReplicaSetStatus, "What was last observed; written by the system."),
});
export interface ReplicaSet extends Infer<typeof ReplicaSet> {}
