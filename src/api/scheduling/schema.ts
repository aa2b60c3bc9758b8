// Wire types of scheduling.

import { type Infer, bool, int32, oneOf, optional, pointer, string, struct, topLevel } from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const PriorityClass = topLevel("io.k8s.api.scheduling.v1.PriorityClass", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  value: optional(2, int32, "", { always: true }),
  globalDefault: optional(3, bool, ""),
  description: optional(4, string, ""),
  preemptionPolicy: pointer(5, oneOf("PreemptLowerPriority", "Never"), ""),
});
export interface PriorityClass extends Infer<typeof PriorityClass> {}
