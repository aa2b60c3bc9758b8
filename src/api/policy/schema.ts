// Wire types of policy.

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

export const Eviction = topLevel("io.k8s.api.policy.v1.Eviction", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  deleteOptions: pointer(2, DeleteOptions, ""),
});
export interface Eviction extends Infer<typeof Eviction> {}

export const PodDisruptionBudgetSpec = message("io.k8s.api.policy.v1.PodDisruptionBudgetSpec", "", {
  minAvailable: pointer(1, intOrString, ""),
  selector: pointer(2, LabelSelector, "", { patch: "replace" }),
  maxUnavailable: pointer(3, intOrString, ""),
  unhealthyPodEvictionPolicy: pointer(4, oneOf("IfHealthyBudget", "AlwaysAllow"), ""),
});
export interface PodDisruptionBudgetSpec extends Infer<typeof PodDisruptionBudgetSpec> {}

export const PodDisruptionBudgetStatus = message("io.k8s.api.policy.v1.PodDisruptionBudgetStatus", "", {
  observedGeneration: optional(1, int64, ""),
  disruptedPods: optional(2, map(time), ""),
  disruptionsAllowed: optional(3, int32, "", { always: true }),
  currentHealthy: optional(4, int32, "", { always: true }),
  desiredHealthy: optional(5, int32, "", { always: true }),
  expectedPods: optional(6, int32, "", { always: true }),
  conditions: optional(7, mapList(Condition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface PodDisruptionBudgetStatus extends Infer<typeof PodDisruptionBudgetStatus> {}

export const PodDisruptionBudget = topLevel("io.k8s.api.policy.v1.PodDisruptionBudget", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, PodDisruptionBudgetSpec, "What is wanted."),
  status: struct(3, PodDisruptionBudgetStatus, "What was last observed; written by the system."),
});
export interface PodDisruptionBudget extends Infer<typeof PodDisruptionBudget> {}
