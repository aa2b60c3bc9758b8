// The ResourceQuota kind.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { ResourceQuota as schema } from "#api/core/schema/quota.ts";
import type { Infer } from "#api/schema.ts";

export interface ResourceQuota extends Infer<typeof schema> {}
export const ResourceQuota = defineKind<ResourceQuota>({
  group: "",
  version: "v1",
  kind: "ResourceQuota",
  plural: "resourcequotas",
  scope: "Namespaced",
  shortNames: ["quota"],
  schema,
  subresources: [statusSubresource],
  hasGeneration: false,
});
