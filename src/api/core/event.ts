// Event: a note about something that happened to an object. Two served versions share one store: this one, in which
// events are kept, and that of events.k8s.io, which has stricter rules.
import type { FieldError } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { eventColumns, eventFields } from "#api/core/rules/event-columns.ts";
import { validateEvent } from "#api/core/rules/event-validation.ts";
import { Event as schema } from "#api/core/schema/config.ts";

export interface Event extends Infer<typeof schema> {}
export const Event = defineKind<Event>({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  scope: "Namespaced",
  shortNames: ["ev"],
  schema,
  columns: eventColumns,
  selectableFields: eventFields,
  nameRule: "pathSegment", // Upstream: the older version does not look at names.
  rules: { validate: (event): FieldError[] => validateEvent(event, "reportingComponent") },
  createOnUpdate: true,
});
