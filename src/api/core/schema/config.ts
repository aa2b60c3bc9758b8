// Wire types of core/config.

import {
  type Infer,
  atomicList,
  bool,
  bytes,
  int32,
  known,
  map,
  mapList,
  message,
  microTime,
  oneOf,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { ObjectReference } from "#api/core/schema/reference.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const ComponentCondition = message("io.k8s.api.core.v1.ComponentCondition", "", {
  type: required(1, known("Healthy"), ""),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  message: optional(3, string, ""),
  error: optional(4, string, ""),
});
export interface ComponentCondition extends Infer<typeof ComponentCondition> {}

export const ComponentStatus = topLevel("io.k8s.api.core.v1.ComponentStatus", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  conditions: optional(2, mapList(ComponentCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface ComponentStatus extends Infer<typeof ComponentStatus> {}

export const ConfigMap = topLevel("io.k8s.api.core.v1.ConfigMap", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  immutable: pointer(4, bool, ""),
  data: optional(2, map(string), ""),
  binaryData: optional(3, map(bytes), ""),
});
export interface ConfigMap extends Infer<typeof ConfigMap> {}

export const EventSource = message("io.k8s.api.core.v1.EventSource", "", {
  component: optional(1, string, ""),
  host: optional(2, string, ""),
});
export interface EventSource extends Infer<typeof EventSource> {}

export const EventSeries = message("io.k8s.api.core.v1.EventSeries", "", {
  count: optional(1, int32, ""),
  lastObservedTime: optional(2, microTime, ""),
});
export interface EventSeries extends Infer<typeof EventSeries> {}

export const Event = topLevel("io.k8s.api.core.v1.Event", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  involvedObject: required(2, ObjectReference, ""),
  reason: optional(3, string, ""),
  message: optional(4, string, ""),
  source: struct(5, EventSource, ""),
  firstTimestamp: optional(6, time, ""),
  lastTimestamp: optional(7, time, ""),
  count: optional(8, int32, ""),
  type: optional(9, string, ""),
  eventTime: optional(10, microTime, ""),
  series: pointer(11, EventSeries, ""),
  action: optional(12, string, ""),
  related: pointer(13, ObjectReference, ""),
  reportingComponent: optional(14, string, "", { always: true }),
  reportingInstance: optional(15, string, "", { always: true }),
});
export interface Event extends Infer<typeof Event> {}

export const NamespaceSpec = message("io.k8s.api.core.v1.NamespaceSpec", "", {
  finalizers: optional(1, atomicList(known("kubernetes")), ""),
});
export interface NamespaceSpec extends Infer<typeof NamespaceSpec> {}

export const NamespaceCondition = message("io.k8s.api.core.v1.NamespaceCondition", "", {
  type: required(
    1,
    known(
      "NamespaceDeletionDiscoveryFailure",
      "NamespaceDeletionContentFailure",
      "NamespaceDeletionGroupVersionParsingFailure",
      "NamespaceContentRemaining",
      "NamespaceFinalizersRemaining",
    ),
    "",
  ),
  status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
  lastTransitionTime: optional(4, time, ""),
  reason: optional(5, string, ""),
  message: optional(6, string, ""),
});
export interface NamespaceCondition extends Infer<typeof NamespaceCondition> {}

export const NamespaceStatus = message("io.k8s.api.core.v1.NamespaceStatus", "", {
  phase: optional(1, oneOf("Active", "Terminating"), ""),
  conditions: optional(2, mapList(NamespaceCondition, "type"), "", { patch: "merge", patchKey: "type" }),
});
export interface NamespaceStatus extends Infer<typeof NamespaceStatus> {}

export const Namespace = topLevel("io.k8s.api.core.v1.Namespace", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  spec: struct(2, NamespaceSpec, "What is wanted."),
  status: struct(3, NamespaceStatus, "What was last observed; written by the system."),
});
export interface Namespace extends Infer<typeof Namespace> {}

export const Secret = topLevel("io.k8s.api.core.v1.Secret", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  immutable: pointer(5, bool, ""),
  data: optional(2, map(bytes), ""),
  stringData: optional(4, map(string), ""),
  type: optional(
    3,
    known(
      "Opaque",
      "kubernetes.io/service-account-token",
      "kubernetes.io/dockercfg",
      "kubernetes.io/dockerconfigjson",
      "kubernetes.io/basic-auth",
      "kubernetes.io/ssh-auth",
      "kubernetes.io/tls",
      "bootstrap.kubernetes.io/token",
    ),
    "",
  ),
});
export interface Secret extends Infer<typeof Secret> {}
