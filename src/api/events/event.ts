// The Event kind.
import { defineKind } from "#api/kind.ts";
import { Event as schema } from "#api/events/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Event extends Infer<typeof schema> {}
export const Event = defineKind<Event>({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  scope: "Namespaced",
  shortNames: ["ev"],
  schema,
  createOnUpdate: true,
});
