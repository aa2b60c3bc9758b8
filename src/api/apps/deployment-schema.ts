// Shapes of Deployment and ReplicaSet, the kinds that run interchangeable copies of a pod.

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

export const RollingUpdateDeployment = message(
  "io.k8s.api.apps.v1.RollingUpdateDeployment",
  "Limits on how far the pod count may move during a rolling update.",
  {
    maxUnavailable: pointer(
      1,
      intOrString,
      "How many pods may be missing during an update, as a number or percentage; default 25%.",
    ),
    maxSurge: pointer(
      2,
      intOrString,
      "How many extra pods may run during an update, as a number or percentage; default 25%.",
    ),
  },
);
export interface RollingUpdateDeployment extends Infer<typeof RollingUpdateDeployment> {}

export const DeploymentStrategy = message(
  "io.k8s.api.apps.v1.DeploymentStrategy",
  "The way a Deployment swaps old pods for new ones.",
  {
    type: optional(
      1,
      oneOf("Recreate", "RollingUpdate"),
      "RollingUpdate (default) swaps pods gradually; Recreate stops all old ones before starting new ones.",
      { default: "RollingUpdate" },
    ),
    rollingUpdate: pointer(
      2,
      RollingUpdateDeployment,
      "Limits for a gradual swap; only allowed when type is RollingUpdate.",
    ),
  },
);
export interface DeploymentStrategy extends Infer<typeof DeploymentStrategy> {}

export const DeploymentSpec = message(
  "io.k8s.api.apps.v1.DeploymentSpec",
  "The pods wanted, how many, and how to move to a new version.",
  {
    replicas: pointer(1, int32, "How many pods to run; 1 if not given, and 0 stops them all.", { default: 1 }),
    selector: required(
      2,
      LabelSelector,
      "Labels that decide which pods are managed; fixed after creation and must match the template.",
      { pointer: true },
    ),
    template: required(3, PodTemplateSpec, "Blueprint of the pods; changing it starts a rollout."),
    strategy: struct(4, DeploymentStrategy, "How old pods are replaced by new ones.", { patch: "retainKeys" }),
    minReadySeconds: optional(5, int32, "Seconds a new pod must stay ready before it counts as available; default 0."),
    revisionHistoryLimit: pointer(6, int32, "How many old ReplicaSets to keep for undoing a rollout; default 10.", {
      default: 10,
    }),
    paused: optional(7, bool, "If true, template changes do not start a rollout until this is turned off."),
    progressDeadlineSeconds: pointer(
      9,
      int32,
      "Seconds a rollout may go without progress before it is reported as failed; default 600.",
      { default: 600 },
    ),
  },
);
export interface DeploymentSpec extends Infer<typeof DeploymentSpec> {}

export const DeploymentCondition = message(
  "io.k8s.api.apps.v1.DeploymentCondition",
  "One fact about a Deployment that is true, false or unknown.",
  {
    type: required(
      1,
      known("Available", "Progressing", "ReplicaFailure"),
      "What the fact is about: enough pods available, rollout progressing, or pod creation failing.",
    ),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastUpdateTime: optional(6, time, "When this entry was last rewritten, even if its status stayed the same.", {
      always: true,
    }),
    lastTransitionTime: optional(7, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface DeploymentCondition extends Infer<typeof DeploymentCondition> {}

export const DeploymentStatus = message(
  "io.k8s.api.apps.v1.DeploymentStatus",
  "Progress of the current rollout and the pod counts behind it.",
  {
    observedGeneration: optional(
      1,
      int64,
      "Generation of the spec that the controller has acted on; older means the status lags behind.",
    ),
    replicas: optional(2, int32, "Running pods of all versions together, leaving out those being deleted."),
    updatedReplicas: optional(3, int32, "Pods already built from the current template."),
    readyReplicas: optional(7, int32, "Pods that currently pass their readiness checks."),
    availableReplicas: optional(4, int32, "Pods that have been ready for at least minReadySeconds."),
    unavailableReplicas: optional(5, int32, "Pods still missing or not yet usable before the wanted count is reached."),
    terminatingReplicas: pointer(9, int32, "Pods that are shutting down and have not yet stopped."),
    conditions: optional(
      6,
      mapList(DeploymentCondition, "type"),
      "Notable facts about the rollout, such as Available or Progressing.",
      { patch: "merge", patchKey: "type" },
    ),
    collisionCount: pointer(
      8,
      int32,
      "How often a ReplicaSet name clashed; mixed into the name hash so that the next try differs.",
    ),
  },
);
export interface DeploymentStatus extends Infer<typeof DeploymentStatus> {}

export const Deployment = topLevel(
  "io.k8s.api.apps.v1.Deployment",
  "Runs a number of identical pods and replaces them step by step when the template changes.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, DeploymentSpec, "What is wanted."),
    status: struct(3, DeploymentStatus, "What was last observed; written by the system."),
  },
);
export interface Deployment extends Infer<typeof Deployment> {}

export const ReplicaSetSpec = message(
  "io.k8s.api.apps.v1.ReplicaSetSpec",
  "How many pods to keep running and what they look like.",
  {
    replicas: pointer(1, int32, "How many pods to keep running; 1 if not given, and 0 is allowed.", { default: 1 }),
    minReadySeconds: optional(4, int32, "Seconds a new pod must stay ready before it counts as available; default 0."),
    selector: required(
      2,
      LabelSelector,
      "Labels that decide which pods belong to this set; must match the template's labels.",
      { pointer: true },
    ),
    template: struct(3, PodTemplateSpec, "Blueprint used for each pod that the set creates."),
  },
);
export interface ReplicaSetSpec extends Infer<typeof ReplicaSetSpec> {}

export const ReplicaSetCondition = message(
  "io.k8s.api.apps.v1.ReplicaSetCondition",
  "One fact about a ReplicaSet that is true, false or unknown.",
  {
    type: required(
      1,
      known("ReplicaFailure"),
      "What the fact is about; ReplicaFailure means pods could not be created or deleted.",
    ),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
  },
);
export interface ReplicaSetCondition extends Infer<typeof ReplicaSetCondition> {}

export const ReplicaSetStatus = message(
  "io.k8s.api.apps.v1.ReplicaSetStatus",
  "Pod counts and conditions of a ReplicaSet as its controller last saw them.",
  {
    replicas: required(1, int32, "Pods that exist now, leaving out those being deleted."),
    fullyLabeledReplicas: optional(2, int32, "Pods that carry every label written in the template."),
    readyReplicas: optional(4, int32, "Pods that currently pass their readiness checks."),
    availableReplicas: optional(5, int32, "Pods that have been ready for at least minReadySeconds."),
    terminatingReplicas: pointer(7, int32, "Pods that are shutting down and have not yet stopped."),
    observedGeneration: optional(
      3,
      int64,
      "Generation of the spec that these numbers belong to; an older value means the status lags behind.",
    ),
    conditions: optional(
      6,
      mapList(ReplicaSetCondition, "type"),
      "Notable facts about the set, such as a failure to create pods.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface ReplicaSetStatus extends Infer<typeof ReplicaSetStatus> {}

export const ReplicaSet = topLevel(
  "io.k8s.api.apps.v1.ReplicaSet",
  "Keeps a fixed number of identical pods running; usually created for you by a Deployment.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, ReplicaSetSpec, "What is wanted."),
    status: struct(3, ReplicaSetStatus, "What was last observed; written by the system."),
  },
);
export interface ReplicaSet extends Infer<typeof ReplicaSet> {}
