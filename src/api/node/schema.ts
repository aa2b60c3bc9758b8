// Shape of RuntimeClass, which selects how a node runs the containers of a pod.

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

export const Overhead = message(
  "io.k8s.api.node.v1.Overhead",
  "Resources spent on running a pod besides its containers.",
  {
    podFixed: optional(1, map(quantity), "Fixed amount per pod, by resource name such as cpu or memory."),
  },
);
export interface Overhead extends Infer<typeof Overhead> {}

export const Scheduling = message("io.k8s.api.node.v1.Scheduling", "Where pods of a runtime class may be placed.", {
  nodeSelector: optional(
    1,
    map(string, { atomic: true }),
    "Node labels that the runtime needs; added to the pod's own node selector.",
  ),
  tolerations: optional(2, atomicList(Toleration), "Node taints to accept; added to those of the pod."),
});
export interface Scheduling extends Infer<typeof Scheduling> {}

export const RuntimeClass = topLevel(
  "io.k8s.api.node.v1.RuntimeClass",
  "Names a container runtime setup, for example a sandbox, that pods can ask for.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    handler: required(2, string, "Name of the setup in the node's runtime configuration; cannot change later."),
    overhead: pointer(3, Overhead, "Extra resources that each pod of this class costs."),
    scheduling: pointer(4, Scheduling, "Which nodes support the runtime; absent means all of them."),
  },
);
export interface RuntimeClass extends Infer<typeof RuntimeClass> {}
