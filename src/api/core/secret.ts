// The Secret kind.
import { defineKind } from "#api/kind.ts";
import { Secret as schema } from "#api/core/schema/config.ts";
import type { Infer } from "#api/schema.ts";

export interface Secret extends Infer<typeof schema> {}
export const Secret = defineKind<Secret>({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  scope: "Namespaced",
  schema,
});
