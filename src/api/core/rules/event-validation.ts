// Rules for events. An event with an exact time is of the newer style and must say who reports it and what was done;
// events.k8s.io takes only that style, and lets nothing but the series change.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { isDnsSubdomain } from "#api/names.ts";
import { immutable, invalidEach, qualifiedName } from "#api/meta/checks.ts";
import { type Event, EventSource } from "#api/core/schema/config.ts";
import { ObjectReference } from "#api/core/schema/reference.ts";
import { goStruct } from "#api/meta/go-struct.ts";

const longestWord = 128;
const longestNote = 1024;

/** `component`: the name that the served version has for the reporting controller. */
export function validateEvent(event: Event, component: "reportingComponent" | "reportingController"): FieldError[] {
  const found: FieldError[] = [];
  const { namespace = "" } = event.metadata;
  const about = event.involvedObject.namespace ?? "";
  const elsewhere = about
    ? !event.eventTime && namespace !== about
    : namespace !== "default" && (event.eventTime ? namespace !== "kube-system" : namespace !== "");
  if (elsewhere) found.push(invalidValue("involvedObject.namespace", about, "does not match event.namespace"));
  if (event.eventTime) validateExact(found, event, component);
  invalidEach(found, "namespace", namespace, isDnsSubdomain(namespace));
  return found;
}
function validateExact(found: FieldError[], event: Event, component: string): void {
  const { reportingComponent = "", reportingInstance = "", action = "", reason = "", message = "" } = event;
  if (!reportingComponent) found.push(requiredValue(component));
  qualifiedName(found, component, reportingComponent);
  for (const [field, value] of Object.entries({ reportingInstance, action, reason })) {
    if (!value) found.push(requiredValue(field));
    short(found, field, value, longestWord);
  }
  short(found, "message", message, longestNote);
}
function short(found: FieldError[], field: string, value: string, max: number): void {
  if (value.length > max) found.push(invalidValue(field, "", `can have at most ${max} characters`));
}

/** What events.k8s.io asks for beyond that, of new events. */
export function validateNewEvent(event: Event): FieldError[] {
  const found: FieldError[] = [];
  validateSeries(found, event);
  if (!event.eventTime) found.push(requiredValue("eventTime"));
  if (event.type !== "Normal" && event.type !== "Warning")
    found.push(invalidValue("type", "", `has invalid value: ${event.type ?? ""}`));
  const unset = { firstTimestamp: event.firstTimestamp, lastTimestamp: event.lastTimestamp, count: event.count };
  for (const [field, value] of Object.entries(unset))
    if (value) found.push(invalidValue(field, "", "needs to be unset"));
  if (event.source.component || event.source.host) found.push(invalidValue("source", "", "needs to be unset"));
  return found;
}
function validateSeries(found: FieldError[], { series }: Event): void {
  if (!series) return;
  if ((series.count ?? 0) < 2) found.push(invalidValue("series.count", "", "should be at least 2"));
  if (!series.lastObservedTime) found.push(requiredValue("series.lastObservedTime"));
}
const fixed = [
  "involvedObject",
  "reason",
  "message",
  "source",
  "firstTimestamp",
  "lastTimestamp",
  "count",
  "type",
  "eventTime",
  "action",
  "related",
  "reportingComponent",
  "reportingInstance",
] as const;
/** The fields bear the names of the core version, but for the controller's. */
export function validateEventUpdate(event: Event, old: Event): FieldError[] {
  const found: FieldError[] = [];
  if (JSON.stringify(event.series) !== JSON.stringify(old.series)) validateSeries(found, event);
  for (const field of fixed)
    immutable(
      found,
      field === "reportingComponent" ? "reportingController" : field,
      shown(event, field),
      shown(old, field),
    );
  return found;
}
/** As Go prints it: what is absent is empty, but for times and what is pointed to. */
function shown(event: Event, field: (typeof fixed)[number]): unknown {
  switch (field) {
    case "involvedObject":
      return goStruct(ObjectReference, event.involvedObject);
    case "related":
      return event.related && goStruct(ObjectReference, event.related);
    case "source":
      return goStruct(EventSource, event.source);
    case "count":
      return event.count ?? 0;
    case "firstTimestamp":
    case "lastTimestamp":
    case "eventTime":
      return event[field];
    default:
      return event[field] ?? "";
  }
}
