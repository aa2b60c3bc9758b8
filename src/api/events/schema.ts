// Shapes of the newer Event kind, which records what happened to an object.

import {
  type Infer,
  int32,
  message,
  microTime,
  optional,
  pointer,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { EventSource } from "#api/core/schema/config.ts";
import { ObjectReference } from "#api/core/schema/reference.ts";
import { ObjectMeta } from "#api/meta/schema.ts";

export const EventSeries = message(
  "io.k8s.api.events.v1.EventSeries",
  "Tells how often and until when an event was repeated.",
  {
    count: required(1, int32, "How many times the event has happened so far."),
    lastObservedTime: required(2, microTime, "When the latest repeat was seen, with microseconds."),
  },
);
export interface EventSeries extends Infer<typeof EventSeries> {}

export const Event = topLevel(
  "io.k8s.api.events.v1.Event",
  "A short-lived note saying that something happened to an object in the cluster.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    eventTime: required(2, microTime, "When the event was first seen, with microseconds."),
    series: pointer(3, EventSeries, "Counts repeats of the same event; absent if it happened once."),
    reportingController: optional(4, string, "Component that wrote the event, for example kubernetes.io/kubelet."),
    reportingInstance: optional(5, string, "Which copy of the component wrote it, such as a node or pod name."),
    action: optional(6, string, "What was done or attempted, as one word such as Binding or Killing."),
    reason: optional(7, string, "Why it was done, as one CamelCase word that programs can match."),
    regarding: struct(8, ObjectReference, "The object that the event is about."),
    related: pointer(9, ObjectReference, "A second object that plays a part, such as the node a pod was placed on."),
    note: optional(10, string, "Explanation for people, at most about 1000 bytes."),
    type: optional(11, string, "Normal for everyday news or Warning for trouble."),
    deprecatedSource: struct(12, EventSource, "Writer of the event in the old core format; kept for older clients."),
    deprecatedFirstTimestamp: optional(13, time, "First occurrence in the old core format; kept for older clients.", {
      always: true,
    }),
    deprecatedLastTimestamp: optional(14, time, "Latest occurrence in the old core format; kept for older clients.", {
      always: true,
    }),
    deprecatedCount: optional(15, int32, "Number of occurrences in the old core format; kept for older clients."),
  },
);
export interface Event extends Infer<typeof Event> {}
