// The PriorityClass kind.
import { defineKind } from "#api/kind.ts";
import { PriorityClass as schema } from "#api/scheduling/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface PriorityClass extends Infer<typeof schema> {}
export const PriorityClass = defineKind<PriorityClass>({
  group: "scheduling.k8s.io",
  version: "v1",
  kind: "PriorityClass",
  plural: "priorityclasses",
  scope: "Cluster",
  shortNames: ["pc"],
  schema,
  createOnUpdate: true,
  hasGeneration: true,
});
