// The ControllerRevision kind.
import { defineKind } from "#api/kind.ts";
import { ControllerRevision as schema } from "#api/apps/set-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ControllerRevision extends Infer<typeof schema> {}
export const ControllerRevision = defineKind<ControllerRevision>({
  group: "apps",
  version: "v1",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  scope: "Namespaced",
  schema,
});
