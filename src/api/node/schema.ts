// Wire types of node.

import {
  type Infer,
  atomicList,
  map,
  message,
  optional,
  pointer,
  quantity,
  required,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { Toleration } from "#api/core/schema/node-selector.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const Overhead = message("io.k8s.api.node.v1.Overhead", "", {
  podFixed: optional(1, map(quantity), ""),
});
export interface Overhead extends Infer<typeof Overhead> {}

export const Scheduling = message("io.k8s.api.node.v1.Scheduling", "", {
  nodeSelector: optional(1, map(string, { atomic: true }), ""),
  tolerations: optional(2, atomicList(Toleration), ""),
});
export interface Scheduling extends Infer<typeof Scheduling> {}

export const RuntimeClass = topLevel("io.k8s.api.node.v1.RuntimeClass", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  handler: required(2, string, ""),
  overhead: pointer(3, Overhead, ""),
  scheduling: pointer(4, Scheduling, ""),
});
export interface RuntimeClass extends Infer<typeof RuntimeClass> {}
