// The RuntimeClass kind.
import { defineKind } from "#api/kind.ts";
import { RuntimeClass as schema } from "#api/node/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface RuntimeClass extends Infer<typeof schema> {}
export const RuntimeClass = defineKind<RuntimeClass>({
  group: "node.k8s.io",
  version: "v1",
  kind: "RuntimeClass",
  plural: "runtimeclasses",
  scope: "Cluster",
  schema,
});
