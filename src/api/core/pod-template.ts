// The PodTemplate kind.
import { defineKind } from "#api/kind.ts";
import { PodTemplate as schema } from "#api/core/schema/pod-spec.ts";
import type { Infer } from "#api/schema.ts";

export interface PodTemplate extends Infer<typeof schema> {}
export const PodTemplate = defineKind<PodTemplate>({
  group: "",
  version: "v1",
  kind: "PodTemplate",
  plural: "podtemplates",
  scope: "Namespaced",
  schema,
  createOnUpdate: true,
});
