// The LimitRange kind.
import { defineKind } from "#api/kind.ts";
import { LimitRange as schema } from "#api/core/schema/quota.ts";
import type { Infer } from "#api/schema.ts";

export interface LimitRange extends Infer<typeof schema> {}
export const LimitRange = defineKind<LimitRange>({
  group: "",
  version: "v1",
  kind: "LimitRange",
  plural: "limitranges",
  scope: "Namespaced",
  shortNames: ["limits"],
  schema,
  createOnUpdate: true,
});
