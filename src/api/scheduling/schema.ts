// Shape of PriorityClass, which ranks pods by importance.

import { type Infer, bool, int32, oneOf, optional, pointer, string, struct, topLevel } from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const PriorityClass = topLevel(
  "io.k8s.api.scheduling.v1.PriorityClass",
  "Gives a name to a pod priority, used when pods compete for room.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    value: optional(
      2,
      int32,
      "The priority; a higher number is more important, and 1000000000 is the most users may set.",
      { always: true },
    ),
    globalDefault: optional(3, bool, "If true, pods that name no class get this one; mark only one class."),
    description: optional(4, string, "Free text telling people when to use this class."),
    preemptionPolicy: pointer(
      5,
      oneOf("PreemptLowerPriority", "Never"),
      "PreemptLowerPriority (default) may push out less important pods; Never waits for room.",
      { default: "PreemptLowerPriority" },
    ),
  },
);
export interface PriorityClass extends Infer<typeof PriorityClass> {}
