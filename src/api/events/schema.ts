// Wire types of events.

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

export const EventSeries = message("io.k8s.api.events.v1.EventSeries", "", {
  count: required(1, int32, ""),
  lastObservedTime: required(2, microTime, ""),
});
export interface EventSeries extends Infer<typeof EventSeries> {}

export const Event = topLevel("io.k8s.api.events.v1.Event", "", {
  metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
  eventTime: required(2, microTime, ""),
  series: pointer(3, EventSeries, ""),
  reportingController: optional(4, string, ""),
  reportingInstance: optional(5, string, ""),
  action: optional(6, string, ""),
  reason: optional(7, string, ""),
  regarding: struct(8, ObjectReference, ""),
  related: pointer(9, ObjectReference, ""),
  note: optional(10, string, ""),
  type: optional(11, string, ""),
  deprecatedSource: struct(12, EventSource, ""),
  deprecatedFirstTimestamp: optional(13, time, ""),
  deprecatedLastTimestamp: optional(14, time, ""),
  deprecatedCount: optional(15, int32, ""),
});
export interface Event extends Infer<typeof Event> {}
