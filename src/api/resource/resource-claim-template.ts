// The ResourceClaimTemplate kind.
import { defineKind } from "#api/kind.ts";
import { ResourceClaimTemplate as schema } from "#api/resource/claim-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ResourceClaimTemplate extends Infer<typeof schema> {}
export const ResourceClaimTemplate = defineKind<ResourceClaimTemplate>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceClaimTemplate",
  plural: "resourceclaimtemplates",
  scope: "Namespaced",
  schema,
});
