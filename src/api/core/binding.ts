// The Binding kind.
import { defineKind } from "#api/kind.ts";
import { Binding as schema } from "#api/core/schema/pod-options.ts";
import type { Infer } from "#api/schema.ts";

export interface Binding extends Infer<typeof schema> {}
export const Binding = defineKind<Binding>({
  group: "",
  version: "v1",
  kind: "Binding",
  plural: "bindings",
  scope: "Namespaced",
  verbs: ["create"],
  schema,
});
