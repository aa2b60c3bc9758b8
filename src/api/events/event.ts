// Event of events.k8s.io: the newer form of core events. It is stored in the core form; the conversion loses nothing.
import { type Kind, type KubeObject, defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { Event as CoreEvent } from "#api/core/event.ts";
import { eventColumns, eventFields } from "#api/core/rules/event-columns.ts";
import { validateEvent, validateEventUpdate, validateNewEvent } from "#api/core/rules/event-validation.ts";
import { Event as schema } from "#api/events/schema.ts";

export interface Event extends Infer<typeof schema> {}

/** Absent fields stay absent, so that both forms are as they would be decoded. */
const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

export function fromCoreEvent(event: CoreEvent): Event {
  const { reportingComponent, reportingInstance, involvedObject, message, source } = event;
  return given({
    kind: "Event",
    apiVersion: "events.k8s.io/v1",
    metadata: event.metadata,
    eventTime: event.eventTime,
    series: event.series,
    reportingController: reportingComponent || undefined,
    reportingInstance: reportingInstance || undefined,
    action: event.action,
    reason: event.reason,
    regarding: involvedObject,
    related: event.related,
    note: message,
    type: event.type,
    deprecatedSource: source,
    deprecatedFirstTimestamp: event.firstTimestamp,
    deprecatedLastTimestamp: event.lastTimestamp,
    deprecatedCount: event.count,
  }) as Event;
}
export function toCoreEvent(event: Event): CoreEvent {
  return given({
    kind: "Event",
    apiVersion: "v1",
    metadata: event.metadata,
    involvedObject: event.regarding,
    reason: event.reason,
    message: event.note,
    source: event.deprecatedSource,
    firstTimestamp: event.deprecatedFirstTimestamp,
    lastTimestamp: event.deprecatedLastTimestamp,
    count: event.deprecatedCount,
    type: event.type,
    eventTime: event.eventTime,
    series: event.series,
    action: event.action,
    related: event.related,
    reportingComponent: event.reportingController ?? "",
    reportingInstance: event.reportingInstance ?? "",
  }) as CoreEvent;
}

const selectable = { ...eventFields };
delete selectable["source"];
delete selectable["reportingComponent"];
const renamed = Object.entries(selectable).map(([field, valueOf]) => [
  field.replace(/^involvedObject/, "regarding"),
  (event: Event) => valueOf(toCoreEvent(event)),
]);

export const Event = defineKind<Event>({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  scope: "Namespaced",
  shortNames: ["ev"],
  schema,
  columns: eventColumns.map((column) => ({
    ...column,
    value: (event: Event, now: number) => column.value(toCoreEvent(event), now),
  })),
  selectableFields: {
    ...Object.fromEntries(renamed),
    reportingController: ({ reportingController }) => reportingController ?? "",
  },
  rules: {
    validate: (event) => validateEvent(toCoreEvent(event), "reportingController"),
    validateCreate: (event) => validateNewEvent(toCoreEvent(event)),
    validateUpdate: (event, old) => validateEventUpdate(toCoreEvent(event), toCoreEvent(old)),
  },
  createOnUpdate: true,
  storedAs: {
    kind: CoreEvent as unknown as Kind,
    fromStored: (stored) => fromCoreEvent(stored as CoreEvent),
    toStored: (event): KubeObject => toCoreEvent(event),
  },
});
