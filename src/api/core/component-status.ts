// The ComponentStatus kind.
import { defineKind } from "#api/kind.ts";
import { ComponentStatus as schema } from "#api/core/schema/config.ts";
import type { Infer } from "#api/schema.ts";

export interface ComponentStatus extends Infer<typeof schema> {}
export const ComponentStatus = defineKind<ComponentStatus>({
  group: "",
  version: "v1",
  kind: "ComponentStatus",
  plural: "componentstatuses",
  scope: "Cluster",
  shortNames: ["cs"],
  verbs: ["get", "list"],
  schema,
});
