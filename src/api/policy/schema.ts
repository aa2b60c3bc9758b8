// Shapes of PodDisruptionBudget and Eviction, which govern the planned removal of pods.

import {
  type Infer,
  int32,
  int64,
  intOrString,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { DeleteOptions } from "#api/meta/options-schema.ts";
import { Condition, LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const Eviction = topLevel(
  "io.k8s.api.policy.v1.Eviction",
  "A request to remove a pod gently, refused if a disruption budget would be broken.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    deleteOptions: pointer(2, DeleteOptions, "Options for the deletion, such as the grace period in seconds."),
  },
);
export interface Eviction extends Infer<typeof Eviction> {}

export const PodDisruptionBudgetSpec = message(
  "io.k8s.api.policy.v1.PodDisruptionBudgetSpec",
  "Which pods are protected and how many must stay up.",
  {
    minAvailable: pointer(
      1,
      intOrString,
      "Pods that must stay healthy during evictions, as a number or percentage; excludes maxUnavailable.",
    ),
    selector: pointer(
      2,
      LabelSelector,
      "Labels of the protected pods; an empty selector protects all pods of the namespace.",
      { patch: "replace" },
    ),
    maxUnavailable: pointer(
      3,
      intOrString,
      "Pods that may be down at once during evictions, number or percentage; excludes minAvailable.",
    ),
    unhealthyPodEvictionPolicy: pointer(
      4,
      oneOf("IfHealthyBudget", "AlwaysAllow"),
      "When running but unready pods may be evicted; AlwaysAllow lets them go regardless of the budget.",
    ),
  },
);
export interface PodDisruptionBudgetSpec extends Infer<typeof PodDisruptionBudgetSpec> {}

export const PodDisruptionBudgetStatus = message(
  "io.k8s.api.policy.v1.PodDisruptionBudgetStatus",
  "How many evictions are allowed right now and why.",
  {
    observedGeneration: optional(
      1,
      int64,
      "Generation of the spec that these numbers belong to; evictions wait while it lags behind.",
    ),
    disruptedPods: optional(
      2,
      map(time),
      "Pods whose eviction was granted but that are not gone yet, with the time granted.",
    ),
    disruptionsAllowed: optional(3, int32, "How many more pods may be evicted right now.", { always: true }),
    currentHealthy: optional(4, int32, "Protected pods that are healthy now.", { always: true }),
    desiredHealthy: optional(5, int32, "Smallest number of healthy pods that the budget accepts.", { always: true }),
    expectedPods: optional(6, int32, "How many pods the budget counts in total.", { always: true }),
    conditions: optional(
      7,
      mapList(Condition, "type"),
      "Notable facts; DisruptionAllowed tells whether an eviction is possible now.",
      { patch: "merge", patchKey: "type" },
    ),
  },
);
export interface PodDisruptionBudgetStatus extends Infer<typeof PodDisruptionBudgetStatus> {}

export const PodDisruptionBudget = topLevel(
  "io.k8s.api.policy.v1.PodDisruptionBudget",
  "Limits how many pods of an application may be evicted at the same time.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, PodDisruptionBudgetSpec, "What is wanted."),
    status: struct(3, PodDisruptionBudgetStatus, "What was last observed; written by the system."),
  },
);
export interface PodDisruptionBudget extends Infer<typeof PodDisruptionBudget> {}
