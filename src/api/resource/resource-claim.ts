// The ResourceClaim kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { ResourceClaim as schema } from "#api/resource/claim-schema.ts";
import type { Infer } from "#api/schema.ts";

export interface ResourceClaim extends Infer<typeof schema> {}
export const ResourceClaim = defineKind<ResourceClaim>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceClaim",
  plural: "resourceclaims",
  scope: "Namespaced",
  schema,
  subresources: [statusSubresource],
  hasGeneration: false,
});
