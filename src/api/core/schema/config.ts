// Small core objects: config maps, secrets, namespaces, events and component health.

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

export const ComponentCondition = message(
  "io.k8s.api.core.v1.ComponentCondition",
  "One health result for a control plane component.",
  {
    type: required(1, known("Healthy"), "Kind of check; only Healthy is used."),
    status: required(
      2,
      known("True", "False", "Unknown"),
      "True when healthy, False when not, Unknown when it could not be checked.",
    ),
    message: optional(3, string, "Text the health check answered with."),
    error: optional(4, string, "Error code or text when the check failed."),
  },
);
export interface ComponentCondition extends Infer<typeof ComponentCondition> {}

export const ComponentStatus = topLevel(
  "io.k8s.api.core.v1.ComponentStatus",
  "Health of a control plane component such as the scheduler (obsolete).",
  {
    metadata: struct(1, ObjectMeta, "Identity of this entry; its name is the component it reports on."),
    conditions: optional(2, mapList(ComponentCondition, "type"), "Results of the health checks, one per kind.", {
      patch: "merge",
      patchKey: "type",
    }),
  },
);
export interface ComponentStatus extends Infer<typeof ComponentStatus> {}

export const ConfigMap = topLevel(
  "io.k8s.api.core.v1.ConfigMap",
  "Plain settings stored as key-value pairs, for pods to read as variables or files.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    immutable: pointer(4, bool, "When true, the data can never be changed; only deleting the object remains possible."),
    data: optional(2, map(string), "Text values by key; a key may use letters, digits, dash, underscore and dot."),
    binaryData: optional(
      3,
      map(bytes),
      "Values that are not UTF-8 text, base64-encoded in JSON; keys must not also be in data.",
    ),
  },
);
export interface ConfigMap extends Infer<typeof ConfigMap> {}

export const EventSource = message(
  "io.k8s.api.core.v1.EventSource",
  "Which program, on which machine, reported an event.",
  {
    component: optional(1, string, "Program that reported it, for example kubelet."),
    host: optional(2, string, "Node on which the program runs, if it belongs to one."),
  },
);
export interface EventSource extends Infer<typeof EventSource> {}

export const EventSeries = message("io.k8s.api.core.v1.EventSeries", "Tells how often the same event was seen again.", {
  count: optional(1, int32, "How many times it occurred, up to the last update."),
  lastObservedTime: optional(2, microTime, "When it most recently occurred, to the microsecond."),
});
export interface EventSeries extends Infer<typeof EventSeries> {}

export const Event = topLevel(
  "io.k8s.api.core.v1.Event",
  "A short-lived note about something that happened to an object, handy for troubleshooting.",
  {
    metadata: required(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    involvedObject: required(2, ObjectReference, "The object this event is about."),
    reason: optional(3, string, "Brief CamelCase word for the cause, for example FailedScheduling."),
    message: optional(4, string, "Sentence for people that says what happened."),
    source: struct(5, EventSource, "The program that reported the event (older style)."),
    firstTimestamp: optional(6, time, "When this event was seen for the first time.", { always: true }),
    lastTimestamp: optional(7, time, "When this event was last seen.", { always: true }),
    count: optional(8, int32, "Number of times this event has been seen."),
    type: optional(9, string, "Normal for routine news, Warning for trouble."),
    eventTime: optional(10, microTime, "Moment of the first occurrence, to the microsecond (newer style).", {
      always: true,
    }),
    series: pointer(11, EventSeries, "Repeat count for an event that keeps happening; absent for a single one."),
    action: optional(12, string, "What the reporter did or tried to do, in one word."),
    related: pointer(13, ObjectReference, "A second object that plays a part in the event, if any."),
    reportingComponent: optional(14, string, "Controller that wrote the event, for example kubernetes.io/kubelet.", {
      always: true,
    }),
    reportingInstance: optional(15, string, "Which copy of the controller wrote it, for example its host name.", {
      always: true,
    }),
  },
);
export interface Event extends Infer<typeof Event> {}

export const NamespaceSpec = message("io.k8s.api.core.v1.NamespaceSpec", "Wanted settings of a namespace.", {
  finalizers: optional(
    1,
    atomicList(known("kubernetes")),
    "Cleaners that must finish before the namespace disappears; normally just kubernetes.",
  ),
});
export interface NamespaceSpec extends Infer<typeof NamespaceSpec> {}

export const NamespaceCondition = message(
  "io.k8s.api.core.v1.NamespaceCondition",
  "One observation about a namespace, mostly about progress of its deletion.",
  {
    type: required(
      1,
      known(
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceDeletionContentFailure",
        "NamespaceDeletionGroupVersionParsingFailure",
        "NamespaceContentRemaining",
        "NamespaceFinalizersRemaining",
      ),
      "What is being observed, for example NamespaceContentRemaining.",
    ),
    status: required(2, known("True", "False", "Unknown"), "Whether the observation holds: True, False or Unknown."),
    lastTransitionTime: optional(4, time, "When status last switched to another value."),
    reason: optional(5, string, "One CamelCase word for why the status is what it is."),
    message: optional(6, string, "Explanation of the latest switch, for people."),
  },
);
export interface NamespaceCondition extends Infer<typeof NamespaceCondition> {}

export const NamespaceStatus = message("io.k8s.api.core.v1.NamespaceStatus", "Current state of a namespace.", {
  phase: optional(1, oneOf("Active", "Terminating"), "Active while usable, Terminating once deletion has begun.", {
    default: "Active",
  }),
  conditions: optional(2, mapList(NamespaceCondition, "type"), "Details on what blocks or slows deletion.", {
    patch: "merge",
    patchKey: "type",
  }),
});
export interface NamespaceStatus extends Infer<typeof NamespaceStatus> {}

export const Namespace = topLevel(
  "io.k8s.api.core.v1.Namespace",
  "A named area that keeps the objects of one team or application apart.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: struct(2, NamespaceSpec, "Settings of the namespace; hardly ever edited by hand."),
    status: struct(3, NamespaceStatus, "Whether the namespace is in use or being deleted."),
  },
);
export interface Namespace extends Infer<typeof Namespace> {}

export const Secret = topLevel(
  "io.k8s.api.core.v1.Secret",
  "Sensitive values, such as passwords, keys and certificates, for pods to use.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    immutable: pointer(5, bool, "When true, the contents are frozen until the secret is deleted."),
    data: optional(2, map(bytes), "Values by key, base64-encoded; encoding is not encryption."),
    stringData: optional(4, map(string), "Plain-text values merged into data on write; never returned when reading."),
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
      "Declares which keys are expected, for example kubernetes.io/tls; Opaque (default) expects none.",
      { default: "Opaque" },
    ),
  },
);
export interface Secret extends Infer<typeof Secret> {}
