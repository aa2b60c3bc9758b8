// The Endpoints kind.
import { defineKind } from "#api/kind.ts";
import { Endpoints as schema } from "#api/core/schema/service.ts";
import type { Infer } from "#api/schema.ts";

export interface Endpoints extends Infer<typeof schema> {}
export const Endpoints = defineKind<Endpoints>({
  group: "",
  version: "v1",
  kind: "Endpoints",
  plural: "endpoints",
  scope: "Namespaced",
  shortNames: ["ep"],
  schema,
  createOnUpdate: true,
});
