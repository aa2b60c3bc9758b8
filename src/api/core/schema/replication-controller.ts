// Wire types of core/replication-controller.

import {
  type Infer,
  int32,
  int64,
  known,
  map,
  mapList,
  message,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const ReplicationControllerSpec = message("io.k8s.api.core.v1.ReplicationControllerSpec", "", {
  replicas: pointer(1, int32, "", { default: 1, minimum: 0 }),
  minReadySeconds: optional(4, int32, "", { default: 0, minimum: 0 }),
  selector: optional(2, map(string, { atomic: true }), ""),
  template: pointer(3, PodTemplateSpec, ""),
});
export interface ReplicationControllerSpec extends Infer<typeof ReplicationControllerSpec> {}

export const ReplicationControllerCondition = message("io.k8s.api.core.v1.ReplicationControllerCondition", "", {
  type: required(1, known("ReplicaFailure"), ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastTransitionTime: optional(3, time, ""),
  reason: optional(4, string, ""),
  message: optional(5, string, ""),
});
export interface ReplicationControllerCondition extends Infer<typeof ReplicationControllerCondition> {}

export const ReplicationControllerStatus = message("io.k8s.api.core.v1.ReplicationControllerStatus", "", {
  replicas: required(1, int32, ""),
  fullyLabeledReplicas: optional(2, int32, ""),
  readyReplicas: optional(4, int32, ""),
  availableReplicas: optional(5, int32, ""),
  observedGeneration: optional(3, int64, ""),
  conditions: optional(6, mapList(ReplicationControllerCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface ReplicationControllerStatus extends Infer<typeof ReplicationControllerStatus> {}

export const ReplicationController = topLevel("io.k8s.api.core.v1.ReplicationController", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, ReplicationControllerSpec, "What is wanted."),
  status: struct(3, ReplicationControllerStatus, "What was last observed; written by the system."),
});
export interface ReplicationController extends Infer<typeof ReplicationController> {}
