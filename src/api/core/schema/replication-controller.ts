// Replication controllers, the forerunner of replica sets.

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

export const ReplicationControllerSpec = message(
  "io.k8s.api.core.v1.ReplicationControllerSpec",
  "How many pods to keep, and of what kind.",
  {
    replicas: pointer(1, int32, "Number of pods to keep running; 1 by default.", { default: 1, minimum: 0 }),
    minReadySeconds: optional(4, int32, "Seconds a pod must stay ready before it counts as available; 0 by default.", {
      default: 0,
      minimum: 0,
    }),
    selector: optional(
      2,
      map(string, { atomic: true }),
      "Labels of the pods to manage; those of the template by default.",
    ),
    template: pointer(3, PodTemplateSpec, "Model for the pods it makes."),
  },
);
export interface ReplicationControllerSpec extends Infer<typeof ReplicationControllerSpec> {}

export const ReplicationControllerCondition = message(
  "io.k8s.api.core.v1.ReplicationControllerCondition",
  "One observation about a replication controller.",
  {
    type: required(1, known("ReplicaFailure"), "What is observed: ReplicaFailure."),
    status: required(2, known("True", "False", "Unknown"), "Whether it holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When status last switched to another value.", { always: true }),
    reason: optional(4, string, "One CamelCase word for why the status is what it is."),
    message: optional(5, string, "Explanation of the latest switch, for people."),
  },
);
export interface ReplicationControllerCondition extends Infer<typeof ReplicationControllerCondition> {}

export const ReplicationControllerStatus = message(
  "io.k8s.api.core.v1.ReplicationControllerStatus",
  "State of a replication controller.",
  {
    replicas: required(1, int32, "Number of pods that exist now."),
    fullyLabeledReplicas: optional(2, int32, "Pods that carry every label of the template."),
    readyReplicas: optional(4, int32, "Number of pods that are ready."),
    availableReplicas: optional(5, int32, "Pods that have been ready for at least minReadySeconds."),
    observedGeneration: optional(3, int64, "Generation of the spec that this status reflects."),
    conditions: optional(
      6,
      mapList(ReplicationControllerCondition, "type"),
      "Observations, such as pods that could not be made.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface ReplicationControllerStatus extends Infer<typeof ReplicationControllerStatus> {}

export const ReplicationController = topLevel(
  "io.k8s.api.core.v1.ReplicationController",
  "Keeps a number of equal pods running; prefer a Deployment.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, ReplicationControllerSpec, "Number and model of the pods to keep."),
    status: struct(3, ReplicationControllerStatus, "Counts of the pods that exist."),
  },
);
export interface ReplicationController extends Infer<typeof ReplicationController> {}
